import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { tempFile } from '../testing/temp-dir.ts';

const shareFile = fileURLToPath(
  new URL('../../../../config/tariffs/subsidy-share.json', import.meta.url),
);
const share = JSON.parse(readFileSync(shareFile, 'utf8')) as { readonly rates: object[] };
const file = (name: string, content: object): string => tempFile(name, JSON.stringify(content));
const lastJson = (output: string): unknown => JSON.parse(output.trim().split('\n').at(-1)!);
const billing = (...args: readonly string[]): ReturnType<typeof runCli> =>
  runCli(['billing', ...args]);

const draft = {
  ...share,
  id: 'draft',
  version: 2,
  effectiveFrom: '2018-01-01',
  rates: share.rates.with(3, { cell: { kind: 'loyalty', discount: 2 }, proportion: '0.45' }),
};
const request = (minor: string, kind = 'loyalty'): object => {
  const amount = { amount: minor, currency: 'USD' };
  return { basis: amount, elements: { kind, discount: amount } };
};

describe('sluice billing', () => {
  test.each([
    [['--help'], /validate.*quote.*simulate.*diff.*export/s],
    [['validate', '--help'], /^Usage: sluice billing validate .*<file\.\.\.>.*--json/s],
    [['quote', '--help'], /--request <json>.*--json/s],
    [['simulate', '--help'], /--requests <file>.*--movers.*--along.*--payee.*--json/s],
    [['diff', '--help'], /--limit.*--json/s],
    [['export', '--help'], /--to <form>.*"json", "csv", "entities"/s],
  ])('helps at %j', async (args, says) => {
    const { code, output } = await billing(...args);
    expect(code).toBe(0);
    expect(output).toMatch(says);
    expect(output).toContain('Exit codes:');
  });

  test('validate proves whole tariffs, and tells every fault of the others', async () => {
    const good = await billing('validate', shareFile);
    expect(good).toMatchObject({ code: 0, errors: '' });
    expect(good.output).toMatch(/subsidy-share-2017, version 1, 9 cells over kind, discount/);
    const holes = file('holes.json', { ...share, rates: share.rates.slice(2) });
    const bad = await billing('validate', shareFile, holes, 'no-such.json', '--json');
    expect(bad.code).toBe(2);
    const { files } = lastJson(bad.output) as {
      readonly files: readonly { readonly faults: readonly string[] }[];
    };
    expect(files.map(({ faults }) => faults.length)).toEqual([0, 6, 1]);
    expect(files[1]?.faults.every((fault) => fault.endsWith(': no rate'))).toBe(true);
    expect(files[2]?.faults[0]).toMatch(/^FILE_UNREADABLE: .*there is no such file/);
    expect(bad.errors).toContain('kind coupon, discount 0.00: no rate');
  });

  test('quote prices a request line by line, and says why it cannot', async () => {
    const one = JSON.stringify(request('1.23'));
    const shown = await billing('quote', shareFile, '--request', one);
    expect(shown).toMatchObject({ code: 0, errors: '' });
    expect(shown.output).toMatch(/0\.62 USD.*cell 3-2.*50 % of 1\.23 USD +0\.62/s);
    const asJson = await billing(
      'quote',
      shareFile,
      '--json',
      '--request',
      file('r.json', request('1.23')),
    );
    expect(lastJson(asJson.output)).toMatchObject({
      amount: { amount: '0.62', currency: 'USD' },
      tariffId: 'subsidy-share-2017',
    });
    const refused = await billing(
      'quote',
      shareFile,
      '--request',
      JSON.stringify(request('1.23', 'gift')),
    );
    expect(refused).toMatchObject({ code: 1, output: '' });
    expect(refused.errors).toMatch(/^OUT_OF_RANGE: kind "gift" is none of/);
    const shapeless = await billing('quote', shareFile, '--request', '{"basis": 1}');
    expect(shapeless.code).toBe(2);
    expect(shapeless.errors).toMatch(/^REQUEST_INVALID: .*\n {2}basis: .*\n {2}elements: /);
  });

  test('simulate shows the difference, who moves, and the cliffs of the draft', async () => {
    const recorded = ['1.00', '4.00', '5.00'].map((amount, place) =>
      JSON.stringify({ id: `r${place}`, on: '2017-07-01', payee: 's1', ...request(amount) }),
    );
    const requests = tempFile('requests.jsonl', `${[...recorded, '{"id":1}'].join('\n')}\n`);
    const end = await billing(
      'simulate',
      shareFile,
      file('draft.json', draft),
      '--requests',
      requests,
      '--json',
    );
    expect(end.code).toBe(1);
    expect(lastJson(end.output)).toMatchObject({
      total: { requests: 3, difference: { amount: '-0.25' } },
      movers: [{ id: 'r1', difference: { amount: '-0.20' } }, { id: 'r0' }],
      cliffs: {
        discount: { count: 2, cliffs: [{ at: { amount: '5.00' } }, { at: { amount: '1.00' } }] },
      },
      faults: [expect.stringMatching(/^line 4: the request is not right: basis: /)],
    });
    expect(end.errors).toMatch(/2 cliffs of the draft along discount/);
    const astray = await billing(
      'simulate',
      shareFile,
      shareFile,
      '--requests',
      requests,
      '--along',
      'kind',
    );
    expect(astray).toMatchObject({ code: 2, output: '' });
    expect(astray.errors).toMatch(/^CLIFFS_NOT_ALONG: /);
  });

  test('diff tells where two tariffs price differently', async () => {
    const end = await billing('diff', shareFile, file('draft.json', draft));
    expect(end).toMatchObject({ code: 0, errors: '' });
    expect(end.output).toMatch(/id: subsidy-share-2017 -> draft/);
    expect(end.output).toMatch(
      /1 part priced differently.*loyalty, discount from 1\.00 up to 4\.99 +proportion 0\.5 +/s,
    );
    const same = await billing('diff', shareFile, shareFile, '--json');
    expect(lastJson(same.output)).toMatchObject({ count: 0, head: [], compared: 9 });
  });

  test('what is exported is the same tariff in another form', async () => {
    const csv = await billing('export', shareFile, '--to', 'csv');
    const back = await billing('diff', shareFile, tempFile('share.csv', csv.output), '--json');
    expect(lastJson(back.output)).toMatchObject({ count: 0, head: [] });
    const json = await billing('export', tempFile('share.csv', csv.output));
    expect(JSON.parse(json.output)).toMatchObject({
      id: 'subsidy-share-2017',
      order: ['kind', 'discount'],
    });
    const entities = await billing('export', shareFile, '--to', 'entities');
    const keys = entities.output
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
    expect(keys).toHaveLength(13);
    expect(keys).toEqual(
      expect.arrayContaining([
        'subsidy-share',
        'subsidy-share-2017',
        'subsidy-share-2017:kind',
        'subsidy-share-2017:3-2',
      ]),
    );
  });
});
