import { join } from 'node:path';
import { openDatabase } from '@sluice/database';
import { startStack, type Stack } from '@sluice/stack';
import { Connection } from '@temporalio/client';
import type { Versions } from './machine.ts';

/**
 * The servers that benches share: as in production, every commit on disk. They are up only while a
 * bench needs them.
 */
export class SharedStack {
  readonly #options: Parameters<typeof startStack>[0];
  #running: Promise<Stack> | null = null;

  constructor(folder: string, env: Readonly<Record<string, string | undefined>>) {
    this.#options = { stateDir: join(folder, 'stack'), env };
  }

  up(): Promise<Stack> {
    this.#running ??= startStack(this.#options);
    return this.#running;
  }

  async down(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    // One that is just starting is awaited: half a stack cannot be stopped.
    await (await running)?.stop();
  }
}

/** Asks the servers what they are. */
export async function askVersions(stack: Stack): Promise<Versions> {
  const database = openDatabase({ url: stack.databaseUrl, maxConnections: 1 });
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    const [row] = await database.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    );
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return {
      node: process.versions.node,
      postgresql: row?.version ?? 'unknown',
      temporal: serverVersion,
    };
  } finally {
    await Promise.all([database.close(), connection.close()]);
  }
}
