import { Worker } from 'node:worker_threads';
import type { WeekEntry } from './week-file.ts';
import type { OnProgress, WriteJob } from './write-dataset.ts';
import type { WorkerMessage } from './write-worker.ts';

/**
 * The decoder makes millions of short-lived values. In a thread with a small heap of its own they
 * are collected early and given back at the end, and the caller's event loop stays free: servers
 * start meanwhile and the progress bar moves.
 */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 48 };

/** `writeDataset` in a thread of its own. */
export function writeInThread(
  job: WriteJob,
  onProgress: OnProgress,
): Promise<readonly WeekEntry[]> {
  return new Promise((resolve, reject) => {
    // Flags of the caller, such as --eval, are not for a script of our own.
    const script = new URL('./write-worker.ts', import.meta.url);
    const worker = new Worker(script, { workerData: job, resourceLimits, execArgv: [] });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress(...message.at);
      else resolve(message.weeks);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread ended early, exit code ${code}.`)));
  });
}
