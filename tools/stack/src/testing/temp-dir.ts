import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

// An interrupted run ends by an orderly exit, so that the servers of its tests are told to stop.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** A folder for one test, gone after it. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-stack-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
