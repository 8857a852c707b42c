import { expectAnswer, isRefusal, money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import {
  compileTariff,
  editTariff,
  parseTariff,
  quote,
  toMessage,
  type Tariff,
  type TariffEdit,
} from '../../index.ts';
import { subsidyShare } from '../../testing/tariffs.ts';

const share = expectAnswer(parseTariff(subsidyShare));
const edit = (tariff: Tariff, ...edits: readonly TariffEdit[]): ReturnType<typeof editTariff> =>
  editTariff(tariff, {
    expectedVersion: tariff.version,
    id: `share-${tariff.version + 1}`,
    effectiveFrom: `20${17 + tariff.version}-01-01`,
    edits,
  });
const edited = (tariff: Tariff, ...edits: readonly TariffEdit[]): Tariff =>
  expectAnswer(edit(tariff, ...edits));

/** Key and id of each cell, and what it says, shortly. */
const shown = (tariff: Tariff): readonly string[] =>
  tariff.rates.map(({ cell, id, rate }) => {
    const price = rate.kind === 'proportion' ? rate.proportion : rate.kind;
    return `${cell}${id === undefined ? '' : `=${id}`} ${price}`;
  });

function cents(tariff: Tariff, minor: bigint, elements: object = {}): bigint | string {
  const discount = money(minor, 'USD');
  const request = { basis: discount, elements: { kind: 'loyalty', discount, ...elements } };
  const answer = quote(compileTariff(tariff), request);
  return isRefusal(answer) ? answer.code : answer.amount.minor;
}

test('splitting an interval leaves all other cells what they are', () => {
  const split = {
    op: 'split-interval',
    dimension: 'discount',
    number: 2,
    at: '2.00',
    boundIn: 'upper',
    keeps: 'lower',
  } as const;
  const cell = { kind: 'loyalty', discount: 4 };
  const after = edited(share, split, { op: 'set-rate', cell, rate: { proportion: '0.45' } });
  expect(after).toMatchObject({ id: 'share-2', version: 2, effectiveFrom: '2018-01-01' });
  expect(shown(after).slice(8)).toEqual(['3-1 0.6', '3-2 0.5', '3-4=v2.3-4 0.45', '3-3 0.4']);
  expect([199n, 200n, 499n, 500n].map((minor) => cents(after, minor))).toEqual([
    100n,
    90n,
    225n,
    200n,
  ]);
  const other = edited(share, { ...split, keeps: 'upper', boundIn: 'lower' });
  expect(shown(other).slice(8)).toEqual(['3-1 0.6', '3-4=v2.3-4 0.5', '3-2 0.5', '3-3 0.4']);
  expect(other.dimensions[1]).toMatchObject({
    intervals: [{}, { number: 4, to: '2.00', toIncluded: true }, { number: 2 }, { number: 3 }],
  });
});

test('merging neighbours keeps the cells of one, and a number is never given again', () => {
  const after = edited(share, {
    op: 'merge-intervals',
    dimension: 'discount',
    numbers: [3, 2],
    keeps: 2,
  });
  expect(shown(after).slice(4)).toEqual(['3-1 0.6', '3-2 0.5']);
  expect(after.dimensions[1]).toMatchObject({ lastNumber: 3 });
  const again = edited(after, {
    op: 'split-interval',
    dimension: 'discount',
    number: 2,
    at: '9.00',
    boundIn: 'upper',
    keeps: 'lower',
  });
  expect(shown(again).slice(6)).toEqual(['3-1 0.6', '3-2 0.5', '3-4=v3.3-4 0.5']);
  expect(again.dimensions[1]).not.toHaveProperty('lastNumber');
});

test('intervals and values are added at the ends and removed there', () => {
  const below = { from: '-1.00', to: '0.00' };
  const after = edited(
    share,
    { op: 'add-interval', dimension: 'discount', interval: below, priceAs: 1 },
    { op: 'add-value', dimension: 'kind', value: 'gift', priceAs: 'coupon' },
    { op: 'remove-interval', dimension: 'kind', interval: 'match' },
  );
  expect(
    after.dimensions.map((one) => ('values' in one ? one.values : one.intervals.length)),
  ).toEqual([
    [
      { number: 1, value: 'coupon' },
      { number: 3, value: 'loyalty' },
      { number: 4, value: 'gift' },
    ],
    4,
  ]);
  expect(cents(after, -50n)).toBe(-30n);
  expect(cents(after, 500n)).toBe(200n);
  expect(cents(after, 500n, { kind: 'gift' })).toBe(500n);
  expect(cents(after, 500n, { kind: 'match' })).toBe('OUT_OF_RANGE');
});

describe('the default of an enumeration', () => {
  const open = edited(share, { op: 'set-default', dimension: 'kind', value: 'loyalty' });
  const of = (tariff: Tariff, kind: string): bigint | string => cents(tariff, 500n, { kind });

  test('is set, and the names that are not listed are priced by it', () => {
    expect(of(share, 'gift')).toBe('OUT_OF_RANGE');
    expect(['loyalty', 'match', 'gift'].map((kind) => of(open, kind))).toEqual([200n, 500n, 200n]);
    expect(open.rates).toEqual(share.rates);
  });

  test('has values moved out of it, which cost what they did until they are priced', () => {
    const moved = edited(open, {
      op: 'add-value',
      dimension: 'kind',
      value: 'gift',
      priceAs: 'loyalty',
    });
    expect(['gift', 'other'].map((kind) => of(moved, kind))).toEqual([200n, 200n]);
    expect(moved.rates.slice(0, 9)).toEqual(open.rates);
    const cell = { kind: 'gift', discount: '*' };
    const priced = edited(moved, { op: 'set-rate', cell, rate: { flat: '0.10' } });
    expect(['gift', 'other'].map((kind) => of(priced, kind))).toEqual([10n, 200n]);
    const back = edited(priced, { op: 'remove-interval', dimension: 'kind', interval: 'gift' });
    expect(['gift', 'other'].map((kind) => of(back, kind))).toEqual([200n, 200n]);
    expect(back.rates).toEqual(open.rates);
  });

  test('gives way to another value or to none, and its cells stay', () => {
    const other = edited(open, { op: 'set-default', dimension: 'kind', value: 'match' });
    expect(['loyalty', 'gift'].map((kind) => of(other, kind))).toEqual([200n, 500n]);
    const none = edited(open, { op: 'set-default', dimension: 'kind', value: null });
    expect(['loyalty', 'gift'].map((kind) => of(none, kind))).toEqual([200n, 'OUT_OF_RANGE']);
    expect([other.rates, none.rates]).toEqual([share.rates, share.rates]);
  });

  test('is removed only once its successor is named', () => {
    const remove = { op: 'remove-interval', dimension: 'kind', interval: 'loyalty' } as const;
    expect(edit(open, remove)).toMatchObject({ code: 'EDIT_INVALID' });
    const refusal = edit(open, remove);
    expect(isRefusal(refusal) && refusal.message).toContain('name its successor by "set-default"');
    const after = edited(open, { op: 'set-default', dimension: 'kind', value: 'match' }, remove);
    expect(['loyalty', 'gift'].map((kind) => of(after, kind))).toEqual([500n, 500n]);
    const closed = edited(open, { op: 'set-default', dimension: 'kind', value: null }, remove);
    expect(of(closed, 'loyalty')).toBe('OUT_OF_RANGE');
    expect(after.rates).toEqual(share.rates.slice(0, 6));
  });
});

test('a dimension comes and goes, and its cells stay the same cells at the same price', () => {
  const channel = { name: 'channel', type: 'enumeration', values: ['shop', 'web'] } as const;
  const more = edited(
    share,
    {
      op: 'add-dimension',
      dimension: { ...channel, values: [...channel.values] },
      place: 0,
      keeps: 'shop',
    },
    {
      op: 'set-rate',
      cell: { channel: 'web', kind: 'loyalty', discount: '*' },
      rate: { flat: '0.10' },
    },
  );
  expect(more.dimensions.map(({ name }) => name)).toEqual(['channel', 'kind', 'discount']);
  expect(shown(more).slice(6, 10)).toEqual([
    '1-3-1=3-1 0.6',
    '1-3-2=3-2 0.5',
    '1-3-3=3-3 0.4',
    '2-1-1=v2.2-1-1 1',
  ]);
  expect(cents(more, 500n, { channel: 'shop' })).toBe(200n);
  expect(cents(more, 500n, { channel: 'web' })).toBe(10n);
  expect(cents(more, 500n)).toBe('ELEMENT_MISSING');
  const back = edited(more, { op: 'remove-dimension', dimension: 'channel', keeps: 'shop' });
  expect(back.rates).toEqual(share.rates);
  const other = edited(more, { op: 'remove-dimension', dimension: 'channel', keeps: 'web' });
  expect(shown(other).slice(6)).toEqual([
    '3-1=v2.2-3-1 flat',
    '3-2=v2.2-3-2 flat',
    '3-3=v2.2-3-3 flat',
  ]);
});

test('sets are cut anew, and classes of a known name stay', () => {
  const tags = {
    name: 'tags',
    type: 'set',
    values: ['vip', 'new'],
    unlisted: 'ignore',
    classes: [{ value: 'any' }],
  } as const;
  const dimension = { ...tags, values: [...tags.values], classes: [...tags.classes] };
  const more = edited(share, { op: 'add-dimension', dimension, keeps: 'any' });
  expect(more.rates.map(({ id }) => id)).toEqual(share.rates.map(({ cell }) => cell));
  const cut = edited(more, {
    op: 'replace-classes',
    dimension: 'tags',
    classes: [
      { value: 'vip', with: ['vip'], priceAs: 'any' },
      { value: 'any', without: ['vip'] },
    ],
  });
  expect(shown(cut).slice(-2)).toEqual(['3-3-2=v3.3-3-2 0.4', '3-3-1=3-3 0.4']);
  const loose = edit(cut, {
    op: 'replace-classes',
    dimension: 'tags',
    classes: [{ value: 'any', without: ['vip'] }],
  });
  expect(loose).toMatchObject({ code: 'TARIFF_INVALID' });
});

describe('edits that cannot be', () => {
  const cases: readonly (readonly [string, TariffEdit, string, string])[] = [
    [
      'of an unknown dimension',
      { op: 'remove-dimension', dimension: 'x', keeps: 1 },
      'EDIT_INVALID',
      '"x" is no dimension: the tariff has kind, discount',
    ],
    [
      'of an unknown interval',
      { op: 'remove-interval', dimension: 'discount', interval: 7 },
      'EDIT_INVALID',
      'discount has no interval 7',
    ],
    [
      'of intervals that are no neighbours',
      { op: 'merge-intervals', dimension: 'discount', numbers: [1, 3], keeps: 1 },
      'EDIT_INVALID',
      'has no neighbours 1 and 3',
    ],
    [
      'that keep a third',
      { op: 'merge-intervals', dimension: 'discount', numbers: [1, 2], keeps: 3 },
      'EDIT_INVALID',
      '3 is none of the two',
    ],
    [
      'that tear a hole',
      { op: 'remove-interval', dimension: 'discount', interval: 2 },
      'TARIFF_INVALID',
      'discount 1.00 hits no interval',
    ],
    [
      'that overlap',
      {
        op: 'add-interval',
        dimension: 'discount',
        priceAs: 3,
        interval: { from: '9.00', to: null },
      },
      'TARIFF_INVALID',
      'discount 9.00 hits intervals 3 and 4',
    ],
    [
      'that split outside',
      {
        op: 'split-interval',
        dimension: 'discount',
        number: 1,
        at: '1.00',
        boundIn: 'upper',
        keeps: 'lower',
      },
      'TARIFF_INVALID',
      'holds nothing',
    ],
    [
      'of a rate that is none',
      { op: 'set-rate', cell: { kind: '*', discount: '*' }, rate: {} },
      'EDIT_INVALID',
      'write exactly one of',
    ],
    [
      'of half a cell',
      { op: 'set-rate', cell: { kind: '*' }, rate: { flat: '1.00' } },
      'EDIT_INVALID',
      'the cell leaves out discount',
    ],
    [
      'of the wrong kind',
      { op: 'add-value', dimension: 'discount', value: 'x', priceAs: 'y' },
      'EDIT_INVALID',
      'discount has no values',
    ],
    [
      'of a default that is not listed',
      { op: 'set-default', dimension: 'kind', value: 'gift' },
      'EDIT_INVALID',
      'kind has no interval "gift"',
    ],
    [
      'of a default where there are no values',
      { op: 'set-default', dimension: 'discount', value: null },
      'EDIT_INVALID',
      'discount has no values',
    ],
    [
      'that make too many cells',
      {
        op: 'add-dimension',
        keeps: 1,
        dimension: {
          name: 'n',
          type: 'number',
          unit: 'u',
          decimals: 0,
          intervals: Array.from({ length: 10_000 * 12 }, (_, from) => ({
            from: String(from),
            to: String(from + 1),
          })),
        },
      },
      'EDIT_INVALID',
      'it makes 1080000 cells, at most 1048576',
    ],
  ];
  test.each(cases)('%s', (_, one, code, problem) => {
    const answer = edit(share, one);
    expect(answer).toMatchObject({ kind: 'refusal', code });
    expect(isRefusal(answer) && answer.message).toContain(problem);
  });

  test('made on a version that is not the present one', () => {
    const change = { expectedVersion: 3, id: 'x', effectiveFrom: '2018-01-01', edits: [] };
    expect(editTariff(share, change)).toMatchObject({
      code: 'TARIFF_VERSION_CONFLICT',
      details: { version: 1, expectedVersion: 3 },
    });
  });
});

test('an edited tariff is written as a message that reads back to the same tariff', () => {
  const after = edited(
    share,
    {
      op: 'split-interval',
      dimension: 'discount',
      number: 2,
      at: '2.00',
      boundIn: 'upper',
      keeps: 'upper',
    },
    { op: 'remove-interval', dimension: 'kind', interval: 'coupon' },
  );
  expect(parseTariff(JSON.parse(JSON.stringify(toMessage(after))))).toEqual(after);
  expect(toMessage(share).rates).toHaveLength(5);
});
