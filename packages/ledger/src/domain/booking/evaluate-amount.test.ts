import { expectAnswer, isRefusal, money } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountJson } from '../../testing/arbitrary-rules.ts';
import { amountText } from './amount-text.ts';
import { evaluateAmount } from './evaluate-amount.ts';
import type { AmountJson } from './format-booking-rules.ts';
import { amountExpression } from './read-amount.ts';

const rounding = { mode: 'half-even', scale: 'currency', stage: 'line' } as const;
const commission = { kind: 'share', of: 'drawn', rate: '0.025', rounding } as const;
const left = { kind: 'difference', of: 'drawn', less: ['fee'] } as const;

const amounts = { drawn: money(10_020n, 'USD'), fee: money(30n, 'USD'), yuan: money(1n, 'CNY') };

function valueOf(json: unknown, given: Record<string, ReturnType<typeof money>> = amounts): string {
  const value = evaluateAmount(amountExpression.parse(json), given);
  return isRefusal(value) ? value.code : `${value.minor} ${value.currency}`;
}

describe('an amount', () => {
  test.each<readonly [string, AmountJson, string]>([
    ['drawn', 'drawn', '10020 USD'],
    // 250.5: to the even neighbour
    ['2.5 % of drawn', commission, '250 USD'],
    ['2.5 % of drawn', { ...commission, rounding: { ...rounding, mode: 'half-up' } }, '251 USD'],
    ['2.5 % of drawn', { ...commission, rounding: { ...rounding, scale: 0 } }, '300 USD'],
    ['drawn - fee', left, '9990 USD'],
    ['drawn + fee + fee', { kind: 'sum', of: ['drawn', 'fee', 'fee'] }, '10080 USD'],
    ['drawn - 2.5 % of drawn', { kind: 'difference', of: 'drawn', less: [commission] }, '9770 USD'],
    ['2.5 % of (drawn - fee)', { ...commission, of: left }, '250 USD'],
    ['drawn - (drawn - fee)', { kind: 'difference', of: 'drawn', less: [left] }, '30 USD'],
    ['drawn - drawn', { kind: 'difference', of: 'drawn', less: ['drawn'] }, '0 USD'],
    ['fee - drawn', { kind: 'difference', of: 'fee', less: ['drawn'] }, 'BOOKING_AMOUNT_NEGATIVE'],
    ['drawn + yuan', { kind: 'sum', of: ['drawn', 'yuan'] }, 'BOOKING_CURRENCY_DIFFERS'],
    ['other', 'other', 'BOOKING_AMOUNT_MISSING'],
    ['toString', 'toString', 'BOOKING_AMOUNT_MISSING'],
    ['2.5 % of other', { ...commission, of: 'other' }, 'BOOKING_AMOUNT_MISSING'],
    [
      '2.5 % of drawn',
      { ...commission, rounding: { ...rounding, scale: 3 } },
      'BOOKING_SCALE_TOO_FINE',
    ],
  ])('of %s is what its expression says: %j', (text, json, expected) => {
    expect(amountText(amountExpression.parse(json))).toBe(text);
    expect(valueOf(json)).toBe(expected);
  });

  test('below zero is refused wherever it comes up', () => {
    const given = { drawn: money(-1n, 'USD'), fee: money(5n, 'USD') };
    expect(valueOf({ kind: 'sum', of: ['drawn', 'fee'] }, given)).toBe('BOOKING_AMOUNT_NEGATIVE');
  });

  test('of a currency without decimal places is rounded to whole units', () => {
    const given = { drawn: money(101n, 'JPY') };
    expect(valueOf({ ...commission, rate: '0.5' }, given)).toBe('50 JPY');
    const fine = { ...commission, rounding: { ...rounding, scale: 2 } };
    expect(valueOf(fine, given)).toBe('BOOKING_SCALE_TOO_FINE');
  });
});

/** Exact fractions of minor units, rounded by counting steps: slow, and obviously right. */
function slowValue(json: AmountJson, given: Readonly<Record<string, bigint>>): bigint | 'negative' {
  if (typeof json === 'string') return given[json] ?? 0n;
  if (json.kind === 'share') {
    const whole = slowValue(json.of, given);
    if (whole === 'negative') return whole;
    const scale = json.rounding.scale === 'currency' ? 2 : json.rounding.scale;
    const step = 10n ** BigInt(2 - scale) * 10_000n;
    const exact = whole * BigInt(Math.round(Number(json.rate) * 10_000));
    const below = (exact / step) * step;
    const rest = exact - below;
    const up = {
      up: rest > 0n,
      ceiling: rest > 0n,
      down: false,
      floor: false,
      'half-up': rest * 2n >= step,
      'half-down': rest * 2n > step,
      'half-even': rest * 2n > step || (rest * 2n === step && (below / step) % 2n === 1n),
    }[json.rounding.mode];
    return (up ? below + step : below) / 10_000n;
  }
  const [first, ...others] = json.kind === 'sum' ? json.of : [json.of, ...json.less];
  let total = slowValue(first ?? 'drawn', given);
  for (const other of others) {
    const value = slowValue(other, given);
    if (total === 'negative' || value === 'negative') return 'negative';
    total = json.kind === 'sum' ? total + value : total - value;
  }
  return total !== 'negative' && total < 0n ? 'negative' : total;
}

const minor = fc.bigInt({ min: 0n, max: 10n ** 15n });

test('every expression gives what exact fractions give', () => {
  fc.assert(
    fc.property(amountJson, minor, minor, (json, drawn, fee) => {
      const given = { drawn: money(drawn, 'USD'), fee: money(fee, 'USD') };
      const value = evaluateAmount(amountExpression.parse(json), given);
      if (isRefusal(value)) expect(value.code).toBe('BOOKING_AMOUNT_NEGATIVE');
      expect(isRefusal(value) ? 'negative' : value.minor).toBe(slowValue(json, { drawn, fee }));
    }),
    { numRuns: 300 },
  );
});

test('a share and what is left of it are the whole, whatever the rounding', () => {
  const shares = amountJson.filter((json) => typeof json !== 'string' && json.kind === 'share');
  fc.assert(
    fc.property(minor, shares, (drawn, share) => {
      const given = { drawn: money(drawn, 'USD'), fee: money(0n, 'USD') };
      const part = evaluateAmount(amountExpression.parse(share), given);
      fc.pre(!isRefusal(part) && part.minor <= drawn);
      const rest = amountExpression.parse({ kind: 'difference', of: 'drawn', less: [share] });
      expect(expectAnswer(part).minor + expectAnswer(evaluateAmount(rest, given)).minor).toBe(
        drawn,
      );
    }),
  );
});
