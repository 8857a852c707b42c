import { refuse, type Refusal } from '@sluice/money';

/** The weeks that the data has: 1 to 53. */
export const lastWeek = 53;

const item = /^(\d{1,2})(?:-(\d{1,2}))?$/;

/**
 * Weeks of the data from text such as `27-30`, `27` or `1,3-4`: ascending, each once.
 * Refusal `WEEKS_INVALID`: not a list of weeks and ranges, a week outside 1 to 53, or a range that
 * runs backwards.
 */
export function parseWeeks(text: string): readonly number[] | Refusal {
  const weeks = new Set<number>();
  for (const part of text.split(',')) {
    const range = weekRange(part.trim());
    if (range === undefined) return invalid(text, part);
    for (let week = range.first; week <= range.last; week += 1) weeks.add(week);
  }
  return [...weeks].sort((left, right) => left - right);
}

function weekRange(part: string): { readonly first: number; readonly last: number } | undefined {
  const [, from, to] = item.exec(part) ?? [];
  if (from === undefined) return undefined;
  const first = Number(from);
  const last = Number(to ?? from);
  return first >= 1 && first <= last && last <= lastWeek ? { first, last } : undefined;
}

function invalid(text: string, part: string): Refusal {
  return refuse(
    'WEEKS_INVALID',
    `"${part.trim()}" in "${text}" is not a week or a range of weeks from 1 to ${lastWeek}. ` +
      'Write weeks like 27-30, 27 or 1,3-4.',
    { text, part: part.trim() },
  );
}
