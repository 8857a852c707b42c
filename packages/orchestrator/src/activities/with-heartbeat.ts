import { heartbeat } from '@temporalio/activity';

/** A third of the time-out after which the server gives the step to another worker. */
const everyMs = 2_000;

/** Tells the server, while `work` runs, that this worker is alive. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const beating = setInterval(() => heartbeat(), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}
