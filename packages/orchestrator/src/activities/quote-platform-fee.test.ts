import { readFileSync } from 'node:fs';
import {
  compileTariff,
  parseTariff,
  quote,
  type CompiledTariff,
  type Quote,
} from '@sluice/billing';
import { expectAnswer, isRefusal, money } from '@sluice/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configFolder } from '../testing/test-system.ts';
import { quotePlatformFees } from './quote-platform-fee.ts';

const written = JSON.parse(
  readFileSync(`${configFolder}/tariffs/platform-fee.json`, 'utf8'),
) as object;
const share = tariffOf({ rates: [{ cell: { kind: '*' }, proportion: '1.00' }] });
const live = tariffOf({});

function tariffOf(change: object): CompiledTariff {
  return compileTariff(expectAnswer(parseTariff({ ...written, ...change })));
}

/** A subsidy of so many cents. */
function subsidy(kind: string, minor: bigint): { readonly kind: string; readonly quote: Quote } {
  const request = { basis: money(minor, 'USD'), elements: { kind } };
  return { kind, quote: expectAnswer(quote(share, request)) };
}

function feeOf(...subsidies: readonly (readonly [string, bigint])[]): bigint {
  const of = subsidies.map(([kind, minor]) => subsidy(kind, minor));
  return expectAnswer(quotePlatformFees(live, 'RED-1', of)).fee.minor;
}

test.each([
  [0n, 0n],
  [1n, 0n],
  [50n, 0n],
  [51n, 1n],
  [149n, 1n],
  [150n, 2n],
  [250n, 2n],
  [251n, 3n],
  [9_949n, 99n],
  [9_950n, 100n],
  [10_000n, 100n],
  [1_000_000n, 100n],
])(
  'of a subsidy of %i cents the platform keeps %i: halves to the even cent, 1.00 at most',
  (minor, fee) => {
    expect(feeOf(['loyalty', minor])).toBe(fee);
  },
);

test('each kind is rounded by itself', () => {
  expect(feeOf(['coupon', 50n], ['match', 50n], ['loyalty', 50n])).toBe(0n);
  expect(feeOf(['coupon', 51n], ['match', 51n], ['loyalty', 51n])).toBe(3n);
});

test('a fee is 1 % to the nearest cent, never over a tenth; those of a redemption add up', () => {
  const subsidies = fc.array(
    fc.tuple(fc.constantFrom('coupon', 'match', 'loyalty'), fc.bigInt(0n, 20_000n)),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(subsidies, (all) => {
      const single = all.map((one) => feeOf(one));
      for (const [index, [, minor]] of all.entries()) {
        const [fee, exactHundredths] = [single[index]!, minor < 10_000n ? minor : 10_000n];
        const off = 100n * fee - exactHundredths;
        expect(off <= 50n && off >= -50n).toBe(true);
        expect(10n * fee <= minor).toBe(true);
      }
      expect(feeOf(...all)).toBe(single.reduce((total, fee) => total + fee, 0n));
    }),
  );
});

test('a fee above its subsidy is refused, though another kind could bear it', () => {
  const flat = tariffOf({ rates: [{ cell: { kind: '*' }, flat: '0.10' }] });
  const fees = quotePlatformFees(flat, 'RED-1', [subsidy('coupon', 500n), subsidy('match', 9n)]);
  expect(fees).toMatchObject({
    code: 'FEE_EXCEEDS_SUBSIDY',
    details: { redemptionId: 'RED-1', kind: 'match', tariff: 'platform-fee-2017@1/2' },
  });
  const whole = quotePlatformFees(flat, 'RED-1', [subsidy('match', 10n)]);
  expect(expectAnswer(whole).fee.minor).toBe(10n);
});

test('a kind that the tariff does not know is refused by the tariff', () => {
  const fees = quotePlatformFees(live, 'RED-1', [{ ...subsidy('match', 10n), kind: 'gift' }]);
  expect(isRefusal(fees) && fees.code).toBe('OUT_OF_RANGE');
});
