import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the answer is yes; false when the time is over. */
export async function waitUntil(
  question: () => boolean | Promise<boolean>,
  timeoutMs: number,
  intervalMs = 25,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await question())) {
    if (performance.now() >= deadlineMs) return false;
    await delay(intervalMs);
  }
  return true;
}
