import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchContext, Row } from './bench.ts';
import { Closing } from './closing.ts';
import type { SharedStack } from './shared-stack.ts';
import { summarise, type Result } from './statistics.ts';

/** What one bench found. */
export interface BenchReport {
  readonly name: string;
  readonly measures: string;
  readonly rounds: number;
  readonly notes: readonly string[];
  readonly results: readonly Result[];
}

export interface RunOptions {
  readonly stack: SharedStack;
  readonly folder: string;
  readonly env: BenchContext['env'];
  /** Null for each bench's own number. */
  readonly rounds: number | null;
  readonly quick: boolean;
  readonly progress: (text: string) => void;
  /** Whatever has to be closed when the run is interrupted. */
  readonly defer: (close: () => Promise<unknown>) => void;
}

/** Runs one bench, all its rounds; what it opened is closed again, whatever happens. */
export async function runBench(bench: Bench, options: RunOptions): Promise<BenchReport> {
  const { stack, quick } = options;
  const rounds = options.rounds ?? (quick ? 1 : bench.rounds);
  const closing = new Closing();
  options.defer(() => closing.close());
  const folder = join(options.folder, bench.name);
  mkdirSync(folder);
  const addresses = await stack.up();
  if (bench.servers === 'own') await stack.down();
  const notes: string[] = [];
  const progress = (text: string): void => options.progress(`${bench.name}: ${text}`);
  const done: (readonly Row[])[] = [];
  try {
    const context: BenchContext = {
      rounds,
      quick,
      folder,
      env: options.env,
      stack: addresses,
      progress,
      note: (text) => void notes.push(text),
      defer: closing.add,
    };
    for await (const rows of bench.run(context)) {
      done.push(rows);
      progress(`round ${done.length} of ${rounds} done`);
    }
  } finally {
    await closing.close();
  }
  const { name, measures } = bench;
  return { name, measures, rounds: done.length, notes, results: summarise(done) };
}
