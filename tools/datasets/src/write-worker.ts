import { parentPort, workerData } from 'node:worker_threads';
import type { WeekEntry } from './week-file.ts';
import { writeDataset, type OnProgress, type WriteJob } from './write-dataset.ts';

/** What the thread says: where it is, and last of all what it wrote. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly at: Parameters<OnProgress> }
  | { readonly kind: 'written'; readonly weeks: readonly WeekEntry[] };

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

const weeks = await writeDataset(workerData as WriteJob, (...at) => say({ kind: 'progress', at }));
say({ kind: 'written', weeks });
