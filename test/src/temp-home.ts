import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '@sluice/stack';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of one run: all that the program may write, but for the cache. */
export interface TempHome {
  readonly path: string;
  /** `SLUICE_STATE_DIR` of the program. */
  readonly stateDir: string;
  /** Where the program is started. */
  readonly workDir: string;
  /** The environment of a newcomer: nothing of ours but where state and cache are. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Files that the program left beside its state folder: none, when all is well. */
  strays(): readonly string[];
  remove(): void;
}

/** Names of other servers, and settings of whoever runs the tests. */
const ours =
  /^(DATABASE_URL|TEMPORAL_|SLUICE_|SANDBOX_BANK_URL|LOG_LEVEL|MAX_ACTIVITIES|NODE_OPTIONS|VITEST)/;

/** Makes the folder, with a work folder and a temporary folder of the program's own in it. */
export function tempHome(): TempHome {
  const path = mkdtempSync(join(tmpdir(), 'sluice-end-to-end-'));
  const stateDir = join(path, 'state');
  const workDir = join(path, 'work');
  const tempDir = join(path, 'temp');
  for (const dir of [workDir, tempDir]) mkdirSync(dir);
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const dataset = process.env['SLUICE_DATASET'];
  return {
    path,
    stateDir,
    workDir,
    env: {
      ...Object.fromEntries(inherited),
      ...(dataset === undefined ? {} : { SLUICE_DATASET: dataset }),
      SLUICE_STATE_DIR: stateDir,
      // Whoever runs the tests may ask for colours; what is read here has none.
      FORCE_COLOR: undefined,
      NO_COLOR: '1',
      SLUICE_CACHE: cacheDir(process.env),
      TMPDIR: tempDir,
    },
    strays: () =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(path, join(entry.parentPath, entry.name)))
        .filter((file) => !file.startsWith(`state${sep}`)),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** What somebody writes who works on the repository while the tests run. */
const written = /\.(ts|mjs|md|json|sql|svg|png)$/;

/** Files of the repository that git neither knows nor ignores, and that no editor wrote. */
export function untrackedFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\0').filter((path) => path !== '' && !written.test(path));
}
