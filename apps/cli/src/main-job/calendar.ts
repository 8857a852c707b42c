/** The year 2017 began on a Sunday: week 1 is that day alone, every later week begins on a Monday. */
const firstMonday = Date.UTC(2017, 0, 2);
const dayMs = 86_400_000;

/** First day of a week of the dataset's year, `YYYY-MM-DD`. */
export function weekStart(week: number): string {
  if (week === 1) return '2017-01-01';
  return new Date(firstMonday + (week - 2) * 7 * dayMs).toISOString().slice(0, 10);
}

/** Last day of a week of the dataset's year, `YYYY-MM-DD`. */
export function weekEnd(week: number): string {
  return new Date(firstMonday + ((week - 1) * 7 - 1) * dayMs).toISOString().slice(0, 10);
}

/** The weeks that forecasts look at, and whether they really lie before the pool. */
export interface HistoryWeeks {
  readonly weeks: readonly number[];
  /** False at the start of the year, where later weeks have to stand in. */
  readonly before: boolean;
}

/**
 * The eight weeks before a pool's first week. The data begins with the year, so a pool in its first
 * weeks is sized from weeks behind it, and the output says so.
 */
export function historyWeeks(weeks: readonly number[]): HistoryWeeks {
  const first = Math.min(...weeks);
  const last = Math.max(...weeks);
  // Week 1 is a single day and no measure of a week.
  const before = range(Math.max(2, first - 8), first - 1);
  return before.length >= 4
    ? { weeks: before, before: true }
    : { weeks: range(last + 1, Math.min(52, last + 8)), before: false };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
