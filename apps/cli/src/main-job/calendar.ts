/** 2017 began on a Sunday: week 1 is that day alone, every later week begins on a Monday. */
const firstMonday = Date.UTC(2017, 0, 2);
const dayMs = 86_400_000;
const lastWholeWeek = 53;

/** First day of a week of the dataset's year, `YYYY-MM-DD`. */
export function weekStart(week: number): string {
  if (week === 1) return '2017-01-01';
  return new Date(firstMonday + (week - 2) * 7 * dayMs).toISOString().slice(0, 10);
}

/** Last day of a week of the dataset's year, `YYYY-MM-DD`. */
export function weekEnd(week: number): string {
  return new Date(firstMonday + ((week - 1) * 7 - 1) * dayMs).toISOString().slice(0, 10);
}

/** The weeks that forecasts look at, and where they lie. */
export interface HistoryWeeks {
  readonly weeks: readonly number[];
  /** For people, when they do not lie before the pool's weeks; null in the ordinary case. */
  readonly notice: string | null;
}

const wanted = 8;
const least = 4;

/**
 * The eight weeks before a pool's first week. The data begins with the year: a pool in its first
 * weeks is sized from the weeks behind it, and one that leaves none on either side from its own.
 * A real marketplace would have last year's.
 */
export function historyWeeks(weeks: readonly number[]): HistoryWeeks {
  const first = Math.min(...weeks);
  const last = Math.max(...weeks);
  // Week 1 is a single day and no measure of a week.
  const before = range(Math.max(2, first - wanted), first - 1);
  if (before.length >= least) return { weeks: before, notice: null };
  const after = range(last + 1, Math.min(lastWholeWeek, last + wanted));
  if (after.length >= least) {
    return {
      weeks: after,
      notice:
        'The data begins with the year: the pool is sized from later weeks, ' + `${spanOf(after)}.`,
    };
  }
  const own = weeks.filter((week) => week > 1).slice(0, wanted);
  const used = own.length > 0 ? own : weeks;
  return {
    weeks: used,
    notice: `No other weeks are left to look at: the pool is sized from its own, ${spanOf(used)}.`,
  };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** Weeks in ascending order as short text: `27-30`, `27`, `1,3-4`. */
export function spanOf(weeks: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const week of weeks) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === week - 1) last[1] = week;
    else spans.push([week, week]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
