import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { benches } from './benches/index.ts';
import type { Report } from './frame/report.ts';
import { commandLinesNaming, runMain, type Run } from './testing/run-main.ts';

/** Far more than it takes: a slow machine is no reason to fail. */
const patienceMs = 600_000;
const names = benches.map(({ name }) => name);

function expectNothingLeft({ stateDir }: Run): void {
  expect(commandLinesNaming(stateDir)).toEqual([]);
  expect(readdirSync(stateDir)).toEqual([]);
}

describe('without measuring', () => {
  test('--list names every bench', async () => {
    const run = runMain('--list');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    const listed = stdout.trimEnd().split('\n');
    expect(listed.map((line) => line.split(' ')[0])).toEqual(names);
    expect(benches.filter(({ measures }) => !stdout.includes(measures))).toEqual([]);
    expectNothingLeft(run);
  });

  test('--help tells the options', async () => {
    const { code, stdout } = await runMain('--help').ended;
    expect(code).toBe(0);
    for (const option of ['--list', '--json', '--rounds', '--quick']) {
      expect(stdout).toContain(option);
    }
  });

  test('an unknown bench ends with 1 and names the known ones', async () => {
    const run = runMain('ledger', 'nothing');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(stderr).toBe(`no bench is called nothing: there are ${names.join(', ')}\n`);
    expect(stdout).toBe('');
    expectNothingLeft(run);
  });
});

describe('with the least load', () => {
  test.each(benches.filter(({ byNameOnly }) => byNameOnly !== true))(
    '$name runs, and its figures are numbers above zero',
    async ({ name }) => {
      const run = runMain('--quick', '--json', name);
      const { code, stdout, stderr } = await run.ended;
      expect(code, stderr).toBe(0);
      const report = JSON.parse(stdout) as Report;
      expect(report).toMatchObject({
        quick: true,
        machine: { cores: expect.any(Number) },
        versions: {
          node: process.versions.node,
          postgresql: expect.stringMatching(/^\d+/),
          temporal: expect.stringMatching(/^\d+\.\d+/),
        },
        benches: [{ name, rounds: 1 }],
      });
      const [bench] = report.benches;
      expect(bench?.results.length).toBeGreaterThan(3);
      for (const { name: row, values } of bench?.results ?? []) {
        expect(stderr).toContain(row);
        expect(values).toHaveLength(1);
        expect(values.every(Number.isFinite), `${row}: ${values.join()}`).toBe(true);
      }
      expect(bench?.results[0]?.values[0]).toBeGreaterThan(0);
      expectNothingLeft(run);
    },
    patienceMs,
  );

  test(
    'several rounds of a bench give a value each, also of one that is run by name only',
    async () => {
      const { stdout, stderr } = await runMain(
        ...['--quick', '--json', '--rounds', '2', 'ledger-growth'],
      ).ended;
      const [bench] = (JSON.parse(stdout) as Report).benches;
      expect(bench?.rounds, stderr).toBe(2);
      expect(bench?.results.map(({ values }) => values.length)).toSatisfy((counts: number[]) =>
        counts.every((count) => count === 2),
      );
    },
    patienceMs,
  );
});

describe('interrupted', () => {
  test.each(['opening 100,000 accounts', 'starting PostgreSQL'])(
    'when it says "%s", it stops its servers and removes its folder',
    async (text) => {
      const run = runMain('ledger');
      await run.says(text);
      run.signal('SIGINT');
      const { code, stdout } = await run.ended;
      expect(code).toBe(130);
      expect(stdout).toBe('');
      expectNothingLeft(run);
    },
    patienceMs,
  );
});
