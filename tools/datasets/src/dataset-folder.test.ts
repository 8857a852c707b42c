import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetFolder, makeFolder, readManifest } from './dataset-folder.ts';
import { writeWeek } from './week-file.ts';

let cache: string;
let folder: string;
let made: number;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'sluice-datasets-'));
  folder = datasetFolder(cache, 'example');
  made = 0;
});
afterEach(() => rm(cache, { recursive: true, force: true }));

async function make() {
  return makeFolder(folder, 'origin 1', async (aside) => {
    made += 1;
    return [await writeWeek(aside, { week: 1, lines: 3, redemptions: [] })];
  });
}

const read = () => readManifest(folder, 'origin 1');

describe('a data set in the cache', () => {
  it('is read back as it was written', async () => {
    const manifest = await make();
    expect(manifest.weeks).toMatchObject([{ week: 1, file: 'week-01.csv', lines: 3 }]);
    expect(await read()).toEqual(manifest);
    expect(await readdir(dirname(folder))).toEqual(['example-1']);
  });

  it('is not there before it was made', async () => {
    expect(await read()).toBeUndefined();
  });

  it('is not believed when it was made from something else', async () => {
    await make();
    expect(await readManifest(folder, 'origin 2')).toBeUndefined();
  });

  it.each([
    ['a week was cut short', () => truncate(join(folder, 'week-01.csv'), 10)],
    ['a week is gone', () => rm(join(folder, 'week-01.csv'))],
    ['the manifest is gone', () => rm(join(folder, 'manifest.json'))],
    ['the manifest is cut short', () => truncate(join(folder, 'manifest.json'), 10)],
    ['the manifest is of another format', () => writeFile(join(folder, 'manifest.json'), '{}')],
  ])('is made again when %s', async (_what, damage) => {
    const manifest = await make();
    await damage();
    expect(await read()).toBeUndefined();
    await make();
    expect(await read()).toEqual(manifest);
  });

  it('leaves nothing behind when making it fails', async () => {
    const failing = makeFolder(folder, 'origin 1', () => Promise.reject(new Error('disk full')));
    await expect(failing).rejects.toThrow('disk full');
    expect(await readdir(dirname(folder))).toEqual([]);
  });

  it('is whole when several make it at once', async () => {
    await Promise.all([make(), make(), make(), make()]);
    expect(made).toBe(4);
    expect(await read()).toBeDefined();
    expect(await readdir(dirname(folder))).toEqual(['example-1']);
  });

  it('is whole when several repair it at once', async () => {
    const manifest = await make();
    await rm(join(folder, 'week-01.csv'));
    await Promise.all([make(), make(), make(), make()]);
    expect(await read()).toEqual(manifest);
    expect(await readdir(dirname(folder))).toEqual(['example-1']);
  });

  it('keeps the files of a reader when a second process made it too', async () => {
    const first = await make();
    await make();
    const text = await readFile(join(folder, first.weeks[0]!.file), 'utf8');
    expect(text).toContain('redemption_id');
  });

  it('is cleared of what a killed process left, not of what another makes now', async () => {
    const [old, young] = [`${folder}.making-old`, `${folder}.making-young`];
    await mkdir(old, { recursive: true });
    await mkdir(young);
    await utimes(old, 0, 0);
    await make();
    expect(await readdir(dirname(folder))).toEqual(['example-1', 'example-1.making-young']);
  });
});
