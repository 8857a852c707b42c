import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  allocate,
  compare,
  CurrencyMismatchError,
  expectAnswer,
  formatAmount,
  formatMoney,
  fromWire,
  isRefusal,
  money,
  multiply,
  parseCurrency,
  parseMoney,
  parseRate,
  rateFromBps,
  roundingModes,
  roundToMoney,
  subtract,
  sum,
  toWire,
  type RoundingMode,
  type RoundingPolicy,
} from './index.ts';

const minor = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const currencyCode = fc.constantFrom('CNY', 'JPY', 'BHD', 'USD');
const lines: RoundingPolicy = { mode: 'half-even', scale: 'currency', stage: 'line' };

function code(value: unknown): string {
  return isRefusal(value) ? value.code : 'no refusal';
}

describe('parseMoney and formatAmount', () => {
  test.each([
    ['12.30', 'CNY', 1230n],
    ['12', 'CNY', 1200n],
    ['-0.05', 'CNY', -5n],
    ['0.00', 'CNY', 0n],
    ['7', 'JPY', 7n],
    ['1.234', 'BHD', 1234n],
  ])('%s %s is read exactly', (text, currency, expected) => {
    expect(expectAnswer(parseMoney(text, currency)).minor).toBe(expected);
  });

  test.each([
    ['12.3', 'CNY'],
    ['12.300', 'CNY'],
    ['1,200.00', 'CNY'],
    [' 12.30', 'CNY'],
    ['012.30', 'CNY'],
    ['-0.00', 'CNY'],
    ['1e2', 'CNY'],
    ['.50', 'CNY'],
    ['', 'CNY'],
    ['NaN', 'CNY'],
    ['7.0', 'JPY'],
  ])('"%s" %s is refused as malformed', (text, currency) => {
    expect(code(parseMoney(text, currency))).toBe('AMOUNT_MALFORMED');
  });

  test.each(['cny', 'CN', 'XYZ', ''])('the currency "%s" is refused', (currency) => {
    expect(code(parseMoney('1.00', currency))).toBe('CURRENCY_UNKNOWN');
    expect(code(parseCurrency(currency))).toBe('CURRENCY_UNKNOWN');
  });

  test('reading what was written gives the same money, in text and on the wire', () => {
    fc.assert(
      fc.property(minor, currencyCode, (units, currency) => {
        const value = money(units, currency);
        expect(parseMoney(formatAmount(value), currency)).toEqual(value);
        expect(fromWire(toWire(value))).toEqual(value);
        expect(formatMoney(value)).toBe(`${formatAmount(value)} ${currency}`);
      }),
    );
  });
});

describe('sums', () => {
  test('adding commutes, associates, has an inverse and keeps order', () => {
    fc.assert(
      fc.property(minor, minor, minor, (left, middle, right) => {
        const [a, b, c] = [money(left, 'CNY'), money(middle, 'CNY'), money(right, 'CNY')];
        expect(add(a, b)).toEqual(add(b, a));
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
        expect(subtract(add(a, b), b)).toEqual(a);
        expect(compare(add(a, c), add(b, c))).toBe(compare(a, b));
        expect(sum([a, b, c], a.currency)).toEqual(add(a, add(b, c)));
      }),
    );
  });

  test('two currencies never meet in one sum', () => {
    const [yuan, yen] = [money(1n, 'CNY'), money(1n, 'JPY')];
    for (const mix of [add, subtract, compare]) {
      expect(() => mix(yuan, yen)).toThrow(CurrencyMismatchError);
    }
  });

  test('money cannot be changed', () => {
    expect(Object.isFrozen(money(1n, 'CNY'))).toBe(true);
    expect(Object.isFrozen(add(money(1n, 'CNY'), money(1n, 'CNY')))).toBe(true);
  });
});

describe('multiply', () => {
  const cases: readonly (readonly [RoundingMode, bigint, bigint, bigint, bigint])[] = [
    // of 0.05, 0.15, -0.05, -0.15 the half in minor units
    ['half-even', 2n, 8n, -2n, -8n],
    ['half-up', 3n, 8n, -3n, -8n],
    ['half-down', 2n, 7n, -2n, -7n],
    ['up', 3n, 8n, -3n, -8n],
    ['down', 2n, 7n, -2n, -7n],
    ['ceiling', 3n, 8n, -2n, -7n],
    ['floor', 2n, 7n, -3n, -8n],
  ];

  test.each(cases)('%s rounds halves of both signs', (mode, ...expected) => {
    const half = rateFromBps(5_000);
    const policy = { mode, scale: 'currency', stage: 'line' } as const;
    const got = [5n, 15n, -5n, -15n].map((units) => multiply(money(units, 'CNY'), half, policy));
    expect(got.map((value) => value.minor)).toEqual(expected);
  });

  test('every mode stays within a unit of the exact product, and is idempotent', () => {
    fc.assert(
      fc.property(
        minor,
        fc.integer({ min: 0, max: 20_000 }),
        fc.constantFrom(...roundingModes),
        (units, bps, mode) => {
          const policy = { ...lines, mode };
          const once = multiply(money(units, 'CNY'), rateFromBps(bps), policy);
          const error = once.minor * 10_000n - units * BigInt(bps);
          expect(error < 10_000n && error > -10_000n).toBe(true);
          expect(multiply(once, rateFromBps(10_000), policy)).toEqual(once);
        },
      ),
    );
  });

  test('whole-number rounding agrees with decimal.js, in every mode and at every scale', () => {
    const Oracle = Decimal.clone({ precision: 100 });
    const oracleModes: Record<RoundingMode, Decimal.Rounding> = {
      'half-even': Decimal.ROUND_HALF_EVEN,
      'half-up': Decimal.ROUND_HALF_UP,
      'half-down': Decimal.ROUND_HALF_DOWN,
      up: Decimal.ROUND_UP,
      down: Decimal.ROUND_DOWN,
      ceiling: Decimal.ROUND_CEIL,
      floor: Decimal.ROUND_FLOOR,
    };
    const units = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    const places = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(
        units,
        places,
        fc.constantFrom(...roundingModes),
        fc.integer({ min: 0, max: 2 }),
        (digits, decimals, mode, scale) => {
          const major = new Oracle(digits.toString()).div(new Oracle(10).pow(decimals));
          const { currency } = money(0n, 'CNY');
          const got = roundToMoney(major, currency, { mode, scale, stage: 'line' });
          const expected = major.toDecimalPlaces(scale, oracleModes[mode]).times(100).toFixed(0);
          expect(got.minor).toBe(BigInt(expected));
        },
      ),
    );
  });

  test('a coarser scale rounds to tens of minor units, one finer than the currency throws', () => {
    const tenth = { mode: 'half-up', scale: 1, stage: 'line' } as const;
    expect(multiply(money(1234n, 'CNY'), rateFromBps(10_000), tenth).minor).toBe(1230n);
    expect(() => multiply(money(1n, 'CNY'), rateFromBps(1), { ...tenth, scale: 3 })).toThrow(
      RangeError,
    );
  });

  test.each(['', '42.5%', '1e-3', '.5', ' 1', 'NaN', '00.1'])(
    'the rate "%s" is refused',
    (text) => {
      expect(code(parseRate(text))).toBe('RATE_MALFORMED');
    },
  );
});

describe('allocate', () => {
  // moneyphp's and Vendure's published vectors agree with this method; see docs/decisions.
  test.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [5n, [7n, 3n], [4n, 1n]],
    [-5n, [7n, 3n], [-4n, -1n]],
    [101n, [50n, 50n], [51n, 50n]],
    [0n, [1n, 2n], [0n, 0n]],
    [100n, [0n, 1n], [0n, 100n]],
    [1n, [1n, 1n, 1n], [1n, 0n, 0n]],
  ])('%s by %s is %s', (units, weights, expected) => {
    const parts = expectAnswer(allocate(money(units, 'CNY'), weights));
    expect(parts.map((part) => part.minor)).toEqual(expected);
  });

  test.each([[[]], [[0n, 0n]], [[1n, -1n]], [[2n, -1n]]])('weights %s are refused', (weights) => {
    expect(code(allocate(money(1n, 'CNY'), weights))).toBe('WEIGHTS_INVALID');
  });

  test('the parts add up, and none is a unit away from its exact share', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1 });
    fc.assert(
      fc.property(minor, weights, (units, shares) => {
        const total = shares.reduce((left, right) => left + right, 0n);
        fc.pre(total > 0n);
        const parts = expectAnswer(allocate(money(units, 'CNY'), shares));
        expect(parts.reduce((left, part) => left + part.minor, 0n)).toBe(units);
        parts.forEach((part, index) => {
          const error = part.minor * total - units * (shares[index] ?? 0n);
          expect(error < total && error > -total).toBe(true);
        });
      }),
    );
  });

  test('the same weights give the same parts, whatever their common factor', () => {
    fc.assert(
      fc.property(
        minor,
        fc.array(fc.bigInt({ min: 1n, max: 999n }), { minLength: 1 }),
        (units, w) => {
          const amount = money(units, 'CNY');
          expect(allocate(amount, w)).toEqual(
            allocate(
              amount,
              w.map((weight) => weight * 7n),
            ),
          );
        },
      ),
    );
  });
});
