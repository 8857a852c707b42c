import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { onTestFinished, describe, expect, test, vi } from 'vitest';
import { tempDir } from '../testing/temp-dir.ts';
import {
  ProgramError,
  startProcess,
  type ManagedProcess,
  type ProcessOptions,
} from './managed-process.ts';

/** Says what it is told and its pid, then stays until it is told to end. */
const obedient = `
  console.log('port ' + (process.env.PORT ?? 'any'));
  console.error('something of interest');
  console.log('ready as ' + process.pid);
  setInterval(() => {}, 1000);
  process.on('SIGTERM', () => { console.log('ends in order'); process.exit(0); });
`;
const waiting = { timeout: 10_000, interval: 20 };

function optionsFor(script: string): ProcessOptions {
  const dir = tempDir();
  const path = join(dir, 'program.mjs');
  writeFileSync(path, script);
  return {
    name: 'helper',
    script: path,
    env: { PATH: process.env['PATH'] },
    logFile: join(dir, 'logs', 'helper.log'),
    ready: (line) => /^ready as (\d+)$/.exec(line)?.[1] ?? null,
  };
}

async function start(options: ProcessOptions): Promise<ManagedProcess> {
  const started = await startProcess(options);
  onTestFinished(() => started.stop(1_000));
  return started;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a program that is kept running', () => {
  test('is ready when it says so, and its output is in its log', async () => {
    const options = optionsFor(obedient);
    const started = await start(options);
    expect(started.said).toBe(String(started.pid()));
    const log = () => readFileSync(options.logFile, 'utf8');
    await vi.waitFor(() => expect(log()).toContain('something of interest'), waiting);
    expect(log()).toContain('port any');
  });

  test('is stopped in order, by its own pid', async () => {
    const options = optionsFor(obedient);
    const started = await start(options);
    const pid = started.pid();
    await started.stop();
    expect(isAlive(pid)).toBe(false);
    await started.stop();
  });

  test('is ended by force when it does not end by itself', async () => {
    const started = await start(
      optionsFor(`process.on('SIGTERM', () => {}); console.log('ready as 1');
        setInterval(() => {}, 1000);`),
    );
    const pid = started.pid();
    await started.stop(100);
    expect(isAlive(pid)).toBe(false);
  });

  test('is started again when it was killed, told what the first one said', async () => {
    const restarts: number[] = [];
    const lines: string[] = [];
    const started = await start({
      ...optionsFor(obedient),
      again: (said) => ({ PORT: `of ${said}` }),
      onLine: (line) => lines.push(line),
      onRestart: (pid) => restarts.push(pid),
    });
    const first = started.pid();
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(started.pid()).not.toBe(first), waiting);
    await vi.waitFor(() => expect(lines).toContain(`ready as ${started.pid()}`), waiting);
    await vi.waitFor(() => expect(lines).toContain(`port of ${first}`), waiting);
    expect(restarts).toEqual([started.pid()]);
    expect(isAlive(started.pid())).toBe(true);
  });

  test('is not started again after it was stopped', async () => {
    const restarts: number[] = [];
    const options = { ...optionsFor(obedient), onRestart: (pid: number) => restarts.push(pid) };
    const started = await start(options);
    process.kill(started.pid(), 'SIGKILL');
    await started.stop();
    const log = readFileSync(options.logFile, 'utf8');
    expect([log.match(/ready as/g)?.length, restarts]).toEqual([1, []]);
  });

  test('that dies at its start says so, with the end of its log', async () => {
    const options = optionsFor(`console.error('the rules cannot be read'); process.exit(2);`);
    const failing = startProcess(options);
    await expect(failing).rejects.toBeInstanceOf(ProgramError);
    await expect(failing).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message:
        `the helper ended with code 2; its log is ${options.logFile}. ` +
        'It said last:\n  the rules cannot be read',
    });
  });

  test('that cannot even be loaded says so', async () => {
    const options = { ...optionsFor(''), script: join(tempDir(), 'missing.mjs') };
    await expect(startProcess(options)).rejects.toThrow(/ended with code 1.*Cannot find module/s);
  });

  test('keeps the log of the run before', async () => {
    const options = optionsFor(obedient);
    await (await start(options)).stop();
    await (await start(options)).stop();
    expect(existsSync(options.logFile)).toBe(true);
    expect(readFileSync(`${options.logFile}.previous`, 'utf8')).toContain('ready as');
  });

  test('ends with whoever started it, even when that one is killed', async () => {
    const options = optionsFor(obedient);
    const starter = join(tempDir(), 'starter.mjs');
    const module = JSON.stringify(new URL('managed-process.ts', import.meta.url).href);
    writeFileSync(
      starter,
      `import { startProcess } from ${module};
       const { ready, ...given } = ${JSON.stringify({ ...options, ready: null })};
       const said = (line) => /^ready as (\\d+)$/.exec(line)?.[1] ?? null;
       const started = await startProcess({ ...given, ready: said });
       console.log(String(started.pid()));
       setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, [starter], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number.parseInt(said.toString(), 10);
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), waiting);
  });
});
