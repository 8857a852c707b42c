import { expectAnswer, isRefusal, sum } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { ask, centsOrCode, faultsOfRate, oneRate, type Asked } from '../../testing/one-cell.ts';

const calls = { of: 'calls', unit: 'call', parts: 'exact' };

/** 0-10 at 0.10 and 1.00 flat, to 20 at 0.05 and 2.00 flat, above at 0.01. */
const tiers = [
  { to: '10', toIncluded: true, flat: '1.00', perUnit: '0.10' },
  { to: '20', toIncluded: true, flat: '2.00', perUnit: '0.05' },
  { to: null, perUnit: '0.01' },
];
const settings = { units: calls, tiers, zero: 'nothing', earlier: 'ignored' };
const graduated = { ...settings, flatDue: 'entered' };

function price(line: object, asked: Asked, change: object = {}): bigint | string {
  return centsOrCode(oneRate(line, change), asked);
}

describe('flat and proportion', () => {
  test.each([
    [0n, 300n],
    [10_000n, 300n],
  ])('flat on %s cents is %s cents', (basis, cents) => {
    expect(price({ flat: '3.00' }, { basis })).toBe(cents);
  });

  test.each([
    [16n, 0n],
    [17n, 1n],
    [18n, 1n],
    [10_000n, 300n],
  ])('3 %% of %s cents is %s cents', (basis, cents) => {
    expect(price({ proportion: '0.03' }, { basis })).toBe(cents);
  });
});

describe('per unit', () => {
  test.each([
    ['0', 'exact', 0n],
    ['1', 'exact', 0n],
    ['3', 'exact', 0n],
    ['4', 'exact', 1n],
    ['1000', 'exact', 150n],
    ['999.5', 'exact', 150n],
    ['999.5', 'up', 150n],
    ['999.5', 'down', 150n],
    ['0.1', 'up', 0n],
    ['5.4', 'half-up', 1n],
    ['1666.6', 'half-up', 250n],
    ['1666.6', 'down', 250n],
    ['1663.4', 'up', 250n],
    ['1663.4', 'down', 249n],
  ])('%s calls, parts counted %s, at 0.0015 are %s cents', (count, parts, cents) => {
    const line = { perUnit: { price: '0.0015', units: { ...calls, parts } } };
    expect(price(line, { calls: count })).toBe(cents);
  });

  test.each([
    [undefined, 'ELEMENT_MISSING'],
    ['-1', 'OUT_OF_RANGE'],
    ['1e3', 'ELEMENT_WRONG_TYPE'],
    ['01', 'ELEMENT_WRONG_TYPE'],
    ['1'.repeat(41), 'ELEMENT_WRONG_TYPE'],
  ])('%s calls cannot be counted: %s', (count, code) => {
    const line = { perUnit: { price: '1', units: calls } };
    expect(price(line, count === undefined ? {} : { calls: count })).toBe(code);
    const other = { perUnit: { price: '1', units: { ...calls, unit: 'hour' } } };
    expect(price(other, { calls: '1' })).toBe('ELEMENT_WRONG_UNIT');
  });
});

describe('packages of 100 at 5.00', () => {
  test.each([
    ['0', 0n, 0n],
    ['0.01', 500n, 0n],
    ['99', 500n, 0n],
    ['100', 500n, 500n],
    ['100.01', 1000n, 500n],
    ['101', 1000n, 500n],
    ['199', 1000n, 500n],
    ['200', 1000n, 1000n],
    ['201', 1500n, 1000n],
  ])('%s calls are %s cents where a begun one is charged, %s where not', (count, up, down) => {
    const pack = (started: string): object => ({
      package: { price: '5.00', size: '100', started, units: calls },
    });
    expect(price(pack('charged'), { calls: count })).toBe(up);
    expect(price(pack('free'), { calls: count })).toBe(down);
  });

  test('of a third are counted without a fraction that is lost', () => {
    const line = { package: { price: '1.00', size: '0.3', started: 'charged', units: calls } };
    expect(price(line, { calls: '0.9' })).toBe(300n);
    expect(price(line, { calls: '0.91' })).toBe(400n);
  });
});

describe('graduated', () => {
  test.each([
    ['0', 0n],
    ['1', 110n],
    ['9', 190n],
    ['10', 200n],
    ['10.5', 403n],
    ['11', 405n],
    ['19', 445n],
    ['20', 450n],
    ['21', 451n],
    ['100', 530n],
  ])('%s calls are %s cents', (count, cents) => {
    expect(price({ graduated }, { calls: count })).toBe(cents);
  });

  test.each([
    ['entered', true, 200n],
    ['reached', true, 400n],
    ['entered', false, 400n],
    ['reached', false, 400n],
  ])('on the bound, a flat due when %s, bound in the tier below %s: %s', (due, below, cents) => {
    const moved = tiers.map((tier) => (tier.to === null ? tier : { ...tier, toIncluded: below }));
    const line = { graduated: { ...graduated, tiers: moved, flatDue: due } };
    expect(price(line, { calls: '10' })).toBe(cents);
    expect(price(line, { calls: '9' })).toBe(190n);
    expect(price(line, { calls: '11' })).toBe(405n);
  });

  test('at zero the first flat amount is due, or nothing, as is said', () => {
    expect(price({ graduated: { ...graduated, zero: 'first-flat' } }, { calls: '0' })).toBe(100n);
    expect(price({ graduated }, { calls: '0' })).toBe(0n);
  });

  test.each([
    ['5', 'exact', 150n],
    ['10.5', 'exact', 403n],
    ['10.5', 'up', 405n],
    ['10.5', 'down', 200n],
    ['10.5', 'half-up', 405n],
  ])('%s calls between whole tiers, parts %s: %s', (count, parts, cents) => {
    const line = { graduated: { ...graduated, units: { ...calls, parts } } };
    expect(price(line, { calls: count })).toBe(cents);
  });

  test.each([
    ['19', 445n, 445n],
    ['20', 450n, 450n],
    ['20.01', 450n, 'OUT_OF_RANGE'],
    ['40', 550n, 'OUT_OF_RANGE'],
  ])('%s calls against a last tier that ends: %s as the last tier, or %s', (count, last, no) => {
    const line = (above: string): object => ({
      graduated: { ...graduated, tiers: tiers.slice(0, 2), above },
    });
    expect(price(line('last-tier'), { calls: count })).toBe(last);
    expect(price(line('refuse'), { calls: count })).toBe(no);
  });

  test('tiers of the basis take a proportion of each part', () => {
    const line = {
      graduated: {
        tiers: [
          { to: '100.00', toIncluded: true, proportion: '0.10' },
          { to: null, flat: '1.00', proportion: '0.01' },
        ],
        zero: 'nothing',
        earlier: 'ignored',
        flatDue: 'entered',
      },
    };
    const cases = [
      [0n, 0n],
      [9_999n, 1_000n],
      [10_000n, 1_000n],
      [10_001n, 1_100n],
      [20_000n, 1_200n],
      [-1n, 'OUT_OF_RANGE'],
    ] as const;
    for (const [basis, cents] of cases) expect(price(line, { basis })).toBe(cents);
  });
});

describe('volume', () => {
  test.each([
    ['0', 0n],
    ['1', 110n],
    ['10', 200n],
    ['10.01', 250n],
    ['11', 255n],
    ['20', 300n],
    ['21', 21n],
  ])('%s calls are %s cents, all at the tier they end in', (count, cents) => {
    expect(price({ volume: settings }, { calls: count })).toBe(cents);
  });

  test('a bound that is left to the tier above is priced there', () => {
    const open = tiers.map((tier) => (tier.to === null ? tier : { ...tier, toIncluded: false }));
    expect(price({ volume: { ...settings, tiers: open } }, { calls: '10' })).toBe(250n);
    const all = { ...settings, zero: 'first-flat' };
    expect(price({ volume: all }, { calls: '0' })).toBe(100n);
  });

  test('above the last tier', () => {
    const line = (above: string): object => ({
      volume: { ...settings, tiers: tiers.slice(0, 2), above },
    });
    expect(price(line('last-tier'), { calls: '21' })).toBe(305n);
    expect(price(line('refuse'), { calls: '21' })).toBe('OUT_OF_RANGE');
  });
});

describe('limits', () => {
  const limited = { proportion: '0.03', minimum: '3.00', maximum: '300.00', cap: '0.50' };
  test.each([
    [0n, 0n],
    [599n, 299n],
    [600n, 300n],
    [601n, 300n],
    [9_967n, 300n],
    [9_999n, 300n],
    [10_000n, 300n],
    [10_017n, 301n],
    [10_100n, 303n],
    [999_983n, 29_999n],
    [1_000_000n, 30_000n],
    [1_000_034n, 30_000n],
    [1_000_100n, 30_000n],
    [-1n, 'OUT_OF_RANGE'],
  ])('3 %%, at least 3.00, at most 300.00 and half: of %s cents it is %s', (basis, cents) => {
    expect(price(limited, { basis })).toBe(cents);
  });

  // Around the cent at which each limit begins to hold, with rates that hit it exactly.
  test.each([
    ['maximum', 9_999n, 9_999n],
    ['maximum', 10_000n, 10_000n],
    ['maximum', 10_001n, 10_000n],
    ['maximum', 10_002n, 10_000n],
    ['minimum', 9_998n, 10_000n],
    ['minimum', 9_999n, 10_000n],
    ['minimum', 10_000n, 10_000n],
    ['minimum', 10_001n, 10_001n],
  ])('the %s of 100.00 alone makes of %s cents %s', (limit, basis, cents) => {
    const line = { proportion: '1', [limit]: '100.00' };
    expect(price(line, { basis })).toBe(cents);
    const answer = expectAnswer(ask(oneRate(line), { basis }));
    expect(answer.lines).toHaveLength(basis === cents ? 1 : 2);
  });

  test('a minimum may be the maximum, and may not be a cent above it', () => {
    const same = { proportion: '0.5', minimum: '3.00', maximum: '3.00' };
    const prices = [0n, 599n, 600n, 601n, 10_000n].map((basis) => price(same, { basis }));
    expect(new Set(prices)).toEqual(new Set([300n]));
    expect(faultsOfRate({ ...same, minimum: '3.01' })).toEqual([
      'rate 1: the minimum 3.01 is above the maximum 3.00',
    ]);
  });

  test('the greater of 3.00 and 3 % is the greater, and of equals the first', () => {
    const line = { greaterOf: [{ flat: '3.00' }, { proportion: '0.03' }] };
    const cases = [
      [9_900n, 300n],
      [10_000n, 300n],
      [10_100n, 303n],
    ] as const;
    for (const [basis, cents] of cases) expect(price(line, { basis })).toBe(cents);
    const answer = expectAnswer(ask(oneRate(line), { basis: 10_000n }));
    expect(answer.lines.map(({ text }) => text)).toEqual([
      'flat 3.00 USD',
      'the greater of 3.00 USD and 3.00 USD',
    ]);
  });

  test('each limit that moves the price has its line', () => {
    const answer = expectAnswer(ask(oneRate(limited), { basis: 500n }));
    expect(answer.lines.map(({ text, amount }) => [text, amount.minor])).toEqual([
      ['3 % of 5.00 USD', 15n],
      ['up to the minimum 3.00 USD', 285n],
      ['down to the cap, 50 % of 5.00 USD', -50n],
    ]);
  });
});

describe('tax', () => {
  const vat = (included: boolean): object => ({ tax: { name: 'VAT', rate: '0.06', included } });
  test.each([
    [0n, 0n, 0n, 0n, 0n],
    [8n, 8n, 0n, 8n, 0n],
    [9n, 10n, 1n, 9n, 1n],
    [106n, 112n, 6n, 106n, 6n],
    [10_000n, 10_600n, 600n, 10_000n, 566n],
  ])('of %s cents: outside %s with %s tax, inside %s with %s', (basis, out, outTax, of, ofTax) => {
    const answers = [false, true].map((included) =>
      expectAnswer(ask(oneRate({ proportion: '1' }, vat(included)), { basis })),
    );
    const shown = answers.map(({ amount, tax }) => [amount.minor, tax?.amount.minor]);
    expect(shown).toEqual([
      [out, outTax],
      [of, ofTax],
    ]);
    for (const { amount, tax, lines } of answers) {
      expect(
        sum(
          lines.map((line) => line.amount),
          amount.currency,
        ),
      ).toEqual(amount);
      expect((tax?.net.minor ?? 0n) + (tax?.amount.minor ?? 0n)).toBe(amount.minor);
    }
  });
});

test('tax is rounded by the policy of the cell, its scale included', () => {
  const whole = { mode: 'floor', scale: 0, stage: 'line' };
  const taxed = (included: boolean, line: object): readonly (bigint | undefined)[] => {
    const change = { tax: { name: 'VAT', rate: '0.06', included } };
    const { amount, tax } = expectAnswer(ask(oneRate(line, change), { basis: 10_000n }));
    return [amount.minor, tax?.amount.minor];
  };
  const line = { flat: '59.99' };
  expect(taxed(false, line)).toEqual([6_359n, 360n]);
  expect(taxed(false, { ...line, rounding: whole })).toEqual([6_299n, 300n]);
  expect(taxed(true, line)).toEqual([5_999n, 340n]);
  expect(taxed(true, { ...line, rounding: whole })).toEqual([5_999n, 300n]);
});

test('at stage total, lines share the total in steps of the scale', () => {
  const ends = ['1', '2', null];
  const halves = ends.map((to) => ({
    ...{ to, perUnit: '1.50' },
    ...(to === null ? {} : { toIncluded: true }),
  }));
  const line = { graduated: { ...graduated, tiers: halves } };
  const rounding = { mode: 'half-up', scale: 0, stage: 'total' };
  const lines = (calls: string): readonly bigint[] =>
    expectAnswer(ask(oneRate(line, { rounding }), { calls })).lines.map(
      ({ amount }) => amount.minor,
    );
  expect(lines('2')).toEqual([200n, 100n]);
  expect(lines('3')).toEqual([200n, 200n, 100n]);
});

test('a cell may round by a policy of its own, and the quote records it', () => {
  const rounding = { mode: 'ceiling', scale: 0, stage: 'line' };
  const answer = expectAnswer(ask(oneRate({ proportion: '0.1', rounding }), { basis: 101n }));
  expect(answer.amount.minor).toBe(100n);
  expect(answer.rounding).toEqual(rounding);
});

test('rounding each line and rounding the total differ, and both add up', () => {
  const small = { ...settings, tiers: tiers.map((tier) => ({ ...tier, flat: '0.00' })) };
  const odd = {
    ...small,
    tiers: small.tiers.map(({ perUnit, ...rest }) => ({ ...rest, perUnit: `${perUnit}04` })),
    flatDue: 'entered',
  };
  const amounts = ['line', 'total'].map((stage) => {
    const rounding = { mode: 'half-up', scale: 'currency', stage };
    const tariff = oneRate({ graduated: odd }, { rounding });
    return expectAnswer(ask(tariff, { calls: '21' })).lines.map(({ amount }) => amount.minor);
  });
  expect(amounts).toEqual([
    [100n, 50n, 1n],
    [101n, 50n, 1n],
  ]);
});

test('earlier units that are counted must be given', () => {
  const counted = { ...settings, earlier: 'counted' };
  expect(price({ volume: counted }, { calls: '1' })).toBe('ELEMENT_MISSING');
  const ofBasis = {
    tiers: [{ to: null, proportion: '0.1' }],
    zero: 'nothing',
    earlier: 'counted',
  };
  const tariff = oneRate({ volume: ofBasis });
  expect(centsOrCode(tariff, { basis: 100n })).toBe('ELEMENT_MISSING');
  const answer = ask(tariff, { basis: 100n, basisBefore: 50n });
  expect(isRefusal(answer) ? answer : answer.lines.map(({ text }) => text)).toEqual([
    '10 % of 1.5 USD',
    'less the price of the earlier 0.5 USD',
  ]);
});
