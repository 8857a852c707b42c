import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What one process runs beside the servers, for those that join it. */
const sessionSchema = z.object({
  version: z.literal(1),
  /** Of the process that runs the sandbox bank, the accounting server and the worker. */
  pid: z.number(),
  bankPid: z.number(),
  bankUrl: z.string(),
  accountingPid: z.number(),
  accountingUrl: z.string(),
  workerPid: z.number(),
  taskQueue: z.string(),
  configDir: z.string(),
});

export type SessionInfo = z.output<typeof sessionSchema>;

const healthSchema = z.object({ pid: z.number() });
const answerMs = 2_000;

function fileIn(stateDir: string): string {
  return join(stateDir, 'session.json');
}

/** Replaces the file as a whole: a reader never sees half of it. */
export function writeSession(stateDir: string, info: SessionInfo): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const next = `${fileIn(stateDir)}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, fileIn(stateDir));
}

export function removeSession(stateDir: string): void {
  rmSync(fileIn(stateDir), { force: true });
}

/**
 * The session that is running on a state folder, or null. A file that a killed process left is told
 * from a live one by the bank: it answers, and with the process id that the file names.
 */
export async function findSession(stateDir: string): Promise<SessionInfo | null> {
  const info = readSession(stateDir);
  if (info === null) return null;
  return (await pidOfBank(info.bankUrl)) === info.bankPid ? info : null;
}

function readSession(stateDir: string): SessionInfo | null {
  try {
    const parsed = sessionSchema.safeParse(JSON.parse(readFileSync(fileIn(stateDir), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // None, or one that a full disk has cut short.
    if (error instanceof SyntaxError || isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function pidOfBank(bankUrl: string): Promise<number | null> {
  try {
    const response = await fetch(`${bankUrl}/health`, { signal: AbortSignal.timeout(answerMs) });
    const health = healthSchema.safeParse(await response.json());
    return health.success ? health.data.pid : null;
  } catch {
    return null; // Nobody there, or something that is no bank.
  }
}
