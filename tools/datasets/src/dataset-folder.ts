import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { WeekEntry } from './week-file.ts';

/** What a data set's folder says about itself. */
export interface Manifest {
  readonly format: typeof formatVersion;
  /** The wheel or the generator that the weeks were made from. */
  readonly origin: string;
  readonly weeks: readonly WeekEntry[];
}

/** Raise it whenever the same origin gives other files: older folders are then left alone. */
export const formatVersion = 1;
const manifestFile = 'manifest.json';
const hourMs = 3_600_000;

/** The folder of a data set inside the cache. */
export function datasetFolder(cache: string, name: string): string {
  return join(cache, 'datasets', `${name}-${formatVersion}`);
}

/**
 * The manifest of a folder that is whole; undefined when there is none, when it was made from
 * something else, or when a file is missing or has another size than it was written with.
 */
export async function readManifest(folder: string, origin: string): Promise<Manifest | undefined> {
  const manifest = parseManifest(await readFile(join(folder, manifestFile), 'utf8').catch(absent));
  if (manifest?.format !== formatVersion || manifest.origin !== origin) return undefined;
  const sizes = manifest.weeks.map(async ({ file, bytes }) => {
    const found = await stat(join(folder, file)).catch(absent);
    return found?.size === bytes;
  });
  return (await Promise.all(sizes)).every(Boolean) ? manifest : undefined;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

function parseManifest(text: string | undefined): Manifest | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Manifest);
  } catch (error) {
    // Damaged by hand or by a full disk: as good as none, and made again.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Makes a data set's folder as a whole or not at all: `write` fills a folder aside, which takes its
 * name last. Several processes may do so at once; the first to finish gives the folder.
 */
export async function makeFolder(
  folder: string,
  origin: string,
  write: (aside: string) => Promise<readonly WeekEntry[]>,
): Promise<Manifest> {
  await removeAbandoned(folder);
  const aside = `${folder}.making-${randomUUID()}`;
  await mkdir(aside, { recursive: true });
  try {
    const manifest = { format: formatVersion, origin, weeks: await write(aside) } as const;
    await writeFile(join(aside, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    await giveName(aside, folder, origin);
    return manifest;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** The first to come gives the name; a folder that is not whole makes way. */
async function giveName(aside: string, folder: string, origin: string): Promise<void> {
  for (;;) {
    try {
      return await rename(aside, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    }
    if ((await readManifest(folder, origin)) !== undefined) return;
    const damaged = `${folder}.making-${randomUUID()}`;
    await rename(folder, damaged).catch(absent);
    await rm(damaged, { recursive: true, force: true });
  }
}

/** What a killed process left behind. A living one is done long before an hour has passed. */
async function removeAbandoned(folder: string): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(folder)}.making-`)) continue;
    const found = await stat(join(parent, name)).catch(absent);
    if (found === undefined || Date.now() - found.mtimeMs < hourMs) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
