import type { Result, Spread } from './statistics.ts';

/** A number as people read it: three significant digits, thousands parted. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** Half the distance of the extremes, in percent of the median; nothing where they are one. */
export function showSpread({ median, min, max }: Spread): string {
  if (min === max || median === 0) return '';
  return `± ${Math.round(((max - min) / 2 / Math.abs(median)) * 100)} %`;
}

/** Rows under a head, columns as wide as they need; all but the first column to the right. */
export function layOut(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The figures of one bench for people. */
export function showResults(results: readonly Result[]): string {
  const rows = results.map(({ name, unit, spread, ratio }) => [
    name,
    showNumber(spread.median),
    unit,
    showSpread(spread),
    ratio === null ? '' : `${showNumber(ratio.spread.median)} x ${ratio.to}`,
  ]);
  return layOut(['', 'median', 'unit', 'spread', 'ratio'], rows);
}
