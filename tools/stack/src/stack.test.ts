import { Client, Connection } from '@temporalio/client';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findByCommandLine, findProcess, isAlive } from './process-table.ts';
import { findRunningStack, startStack, type Stack } from './stack.ts';
import { startServers, type Servers, type StackOptions } from './servers.ts';
import { emptyState, readState, writeState } from './state-file.ts';
import { runMain, type MainProcess } from './testing/main-process.ts';
import { tempDir } from './testing/temp-dir.ts';
import { waitUntil } from './wait-until.ts';

const env = { ...process.env, DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined };

async function start(stateDir: string, change: Partial<StackOptions> = {}): Promise<Stack> {
  const stack = await startStack({ stateDir, env, ...change });
  onTestFinished(() => stack.stop());
  return stack;
}

/** PostgreSQL alone, crash-safe. */
async function startPostgresOnly(stateDir: string): Promise<Servers & { databaseUrl: string }> {
  const servers = await startServers({ stateDir, env }, ['postgres']);
  onTestFinished(() => servers.stop());
  return { ...servers, databaseUrl: servers.databaseUrl! };
}

async function started(stateDir: string): Promise<MainProcess> {
  const main = runMain([], { ...env, SLUICE_STATE_DIR: stateDir });
  onTestFinished(() => main.end('SIGKILL').then(() => undefined));
  await main.says('Press Ctrl-C to stop.');
  return main;
}

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

async function withTemporal<T>(stack: Stack, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    return await work(new Client({ connection, namespace: stack.temporalNamespace }));
  } finally {
    await connection.close();
  }
}

/** Everything that runs on this folder. */
const running = (stateDir: string): number => findByCommandLine(`${stateDir}/`).length;

describe('startStack', () => {
  it('starts both, keeps what was written for the next start, and leaves no process', async () => {
    const stateDir = tempDir();
    const first = await start(stateDir);
    await query(first.databaseUrl, 'create table kept (n int)');
    await withTemporal(first, (client) =>
      client.workflow.start('kept', { taskQueue: 'nobody', workflowId: 'kept-1' }),
    );
    expect((await fetch(first.temporalUiUrl!)).status).toBe(200);
    expect(running(stateDir)).toBe(2);
    for (const file of ['stack.json', 'postgres/password', 'temporal.db', 'logs/temporal.log']) {
      expect(statSync(join(stateDir, file)).mode & 0o077, `${file} is its user's alone`).toBe(0);
    }
    await Promise.all([first.stop(), first.stop()]);
    expect(running(stateDir)).toBe(0);
    expect(existsSync(join(stateDir, 'stack.lock'))).toBe(false);

    const second = await start(stateDir);
    expect(await query(second.databaseUrl, 'select * from kept')).toEqual([]);
    const kept = await withTemporal(second, (client) =>
      client.workflow.getHandle('kept-1').describe(),
    );
    expect(kept.status.name).toBe('RUNNING');
  });

  it('is told when a server is killed, and starts again with the data', async () => {
    const stateDir = tempDir();
    const first = await startPostgresOnly(stateDir);
    await query(first.databaseUrl, 'create table kept as select 1 as n');
    process.kill(readState(stateDir).postgres!.pid, 'SIGKILL');
    expect(await first.lost).toMatchObject({
      code: 'SERVER_LOST',
      message: expect.stringContaining('PostgreSQL ended by itself (SIGKILL)'),
    });
    await first.stop();
    const second = await startPostgresOnly(stateDir);
    expect(await query(second.databaseUrl, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('takes over from a supervisor that was killed', async () => {
    const stateDir = tempDir();
    const main = await started(stateDir);
    await query(readState(stateDir).addresses!.databaseUrl, 'create table kept as select 2 as n');
    const { postgres, temporal } = readState(stateDir);
    await main.end('SIGKILL');
    expect([postgres, temporal].map((id) => isAlive(id!))).toEqual([true, true]);
    expect(await findRunningStack(stateDir)).toBeNull();

    const stack = await start(stateDir);
    expect([postgres, temporal].map((id) => isAlive(id!))).toEqual([false, false]);
    expect(await query(stack.databaseUrl, 'select n from kept')).toEqual([{ n: 2 }]);
    expect(running(stateDir)).toBe(2);
  });

  it('is not held up by old files that name pids of other processes', async () => {
    const stateDir = tempDir();
    await (await startPostgresOnly(stateDir)).stop();
    const stranger = { pid: process.pid, started: 'long ago' };
    writeState(stateDir, { ...emptyState, owner: stranger, postgres: stranger });
    writeFileSync(join(stateDir, 'stack.lock'), JSON.stringify(stranger));
    const pidFile = join(stateDir, 'postgres', 'data', 'postmaster.pid');
    writeFileSync(pidFile, `${process.ppid}\n${join(stateDir, 'postgres', 'data')}\n`);
    const stack = await startPostgresOnly(stateDir);
    expect(await query(stack.databaseUrl, 'select 1 as n')).toEqual([{ n: 1 }]);
    expect(readFileSync(pidFile, 'utf8').split('\n')[0]).not.toBe(String(process.ppid));
  });

  it('starts nothing, and writes nothing, when both servers are named', async () => {
    const stateDir = tempDir();
    const stack = await start(stateDir, { disposable: true });
    const other = join(stateDir, 'other');
    const named = await start(other, {
      env: { ...env, DATABASE_URL: stack.databaseUrl, TEMPORAL_ADDRESS: stack.temporalAddress },
    });
    expect(named).toMatchObject({
      databaseUrl: stack.databaseUrl,
      temporalAddress: stack.temporalAddress,
      temporalUiUrl: null,
    });
    await named.stop();
    expect(existsSync(other)).toBe(false);
    const wrong = { ...env, TEMPORAL_ADDRESS: stack.temporalAddress, TEMPORAL_NAMESPACE: 'none' };
    await expect(start(other, { env: wrong })).rejects.toMatchObject({
      code: 'TEMPORAL_NAMESPACE_UNKNOWN',
      hint: expect.stringContaining('namespace create'),
    });
  });

  it('leaves nothing behind when one of the two cannot start', async () => {
    const stateDir = tempDir();
    const lonely = { ...env, PATH: '/nowhere', SLUICE_CACHE: join(stateDir, 'cache') };
    writeFileSync(join(stateDir, 'cache'), 'a file where the cache folder should be');
    await expect(start(stateDir, { env: lonely, disposable: true })).rejects.toMatchObject({
      code: 'TEMPORAL_NOT_FOUND',
    });
    expect(running(stateDir)).toBe(0);
    expect(readState(stateDir).postgres).toBeNull();
  });
});

describe('npm run stack', () => {
  it('prints the addresses, is found by others, and stops at Ctrl-C', async () => {
    const stateDir = tempDir();
    const main = await started(stateDir);
    const addresses = (await findRunningStack(stateDir))!;
    for (const text of [
      `DATABASE_URL=${addresses.databaseUrl}`,
      `TEMPORAL_ADDRESS=${addresses.temporalAddress}`,
      addresses.temporalUiUrl!,
    ]) {
      expect(main.output()).toContain(text);
    }
    const second = runMain([], { ...env, SLUICE_STATE_DIR: stateDir });
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain('A stack is running already');
    expect(second.output()).toContain(addresses.databaseUrl);
    await expect(start(stateDir)).rejects.toMatchObject({
      code: 'STACK_RUNNING',
      message: expect.stringContaining(`process ${main.pid}`),
    });
    expect(await main.end('SIGINT')).toBe(0);
    expect(running(stateDir)).toBe(0);
    expect(await findRunningStack(stateDir)).toBeNull();
  });

  it('leaves no server behind when it is interrupted half-way up', async () => {
    const stateDir = tempDir();
    const main = runMain([], { ...env, SLUICE_STATE_DIR: stateDir });
    await waitUntil(() => readState(stateDir).postgres !== null, 20_000);
    const { postgres } = readState(stateDir);
    await main.end('SIGTERM');
    expect(await waitUntil(() => running(stateDir) === 0, 10_000)).toBe(true);
    expect(findProcess(postgres!.pid)).toBeNull();
  });

  it.each([
    [['--help'], 0, 'npm run stack'],
    [['--nonsense'], 2, "Unknown option '--nonsense'"],
  ])('%j ends with %i', async (args, code, text) => {
    const main = runMain(args, env);
    expect(await main.ended).toBe(code);
    expect(main.output()).toContain(text);
  });
});
