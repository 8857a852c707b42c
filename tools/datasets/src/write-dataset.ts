import { readingSteps, readTillLines, weekOfTillLines } from './complete-journey.ts';
import { generateWeek } from './generated.ts';
import { writeWeek, type WeekEntry, type WeekOfLines } from './week-file.ts';
import { lastWeek } from './weeks.ts';

/** Called while data is made, never when it is already there: `done` steps of `total`. */
export type OnProgress = (done: number, total: number, what: string) => void;

/** What to write, and the existing folder to write it to. */
export type WriteJob =
  | { readonly source: 'generated'; readonly folder: string }
  | {
      readonly source: 'complete-journey';
      readonly folder: string;
      /** Paths of the two Parquet files. */
      readonly transactions: string;
      readonly products: string;
    };

/** Steps of a job, for its progress. */
export function stepsOf(source: WriteJob['source']): number {
  return source === 'generated' ? lastWeek : readingSteps + lastWeek;
}

/** Writes all weeks of the data set, one CSV a week. */
export async function writeDataset(
  job: WriteJob,
  onProgress: OnProgress,
): Promise<readonly WeekEntry[]> {
  const steps = stepsOf(job.source);
  let done = 0;
  const step = (what: string): void => onProgress(done++, steps, what);
  const weekOf = await weeksOf(job, step);
  const entries: WeekEntry[] = [];
  for (let week = 1; week <= lastWeek; week += 1) {
    step(`writing week ${week}`);
    entries.push(await writeWeek(job.folder, weekOf(week)));
  }
  step('done');
  return entries;
}

async function weeksOf(
  job: WriteJob,
  onStep: (what: string) => void,
): Promise<(week: number) => WeekOfLines> {
  if (job.source === 'generated') return generateWeek;
  const till = await readTillLines(job.transactions, job.products, onStep);
  return (week) => weekOfTillLines(till, week);
}
