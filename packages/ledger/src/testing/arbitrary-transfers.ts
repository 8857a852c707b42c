import { money } from '@sluice/money';
import fc from 'fast-check';
import type { Account } from '../domain/account.ts';
import type { Transfer } from '../domain/transfer.ts';
import { account, at, transfer } from './samples.ts';

/** Tight limits and two currencies, so that every refusal comes up. */
export const modelAccounts: readonly Account[] = [
  account('a'),
  account('b', { floorMinor: -40n, ceilingMinor: 40n }),
  account('c', { floorMinor: 0n }),
  account('d', { ceilingMinor: 30n }),
  account('e', { currency: money(0n, 'CNY').currency }),
];

const codes = fc.constantFrom('a', 'a', 'b', 'b', 'c', 'c', 'd', 'e', 'nobody');

const valid = fc.record({
  debitAccount: codes,
  creditAccount: codes,
  amount: fc.integer({ min: 1, max: 30 }).map((minor) => money(BigInt(minor), 'USD')),
  type: fc.constantFrom('subsidy.coupon', 'subsidy.match'),
  linked: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()),
});

const change: fc.Arbitrary<Partial<Transfer>> = fc.constantFrom(
  { id: 'none' },
  { effectiveAt: 'tomorrow' },
  { effectiveAt: '2017-07-02T09:30:00Z' },
  { effectiveAt: at.replace('Z', '+00:00') },
  { type: '' },
  { type: 'payout' },
  { reference: '' },
  { reference: 'other' },
  { amount: money(0n, 'USD') },
  { amount: money(2n ** 63n, 'USD') },
  { amount: money(7n, 'CNY') },
  { debitAccount: 'b' },
  { creditAccount: 'c' },
  { linked: true },
);

/**
 * Transfers out of a small stock, so that repeats are common; some of them changed in one field.
 *
 * @param prefix of their keys, so that several runs share one ledger.
 */
export function arbitraryTransfers(
  prefix: string,
  maxLength: number,
): fc.Arbitrary<readonly Transfer[]> {
  return fc.array(valid, { minLength: 1, maxLength }).chain((stock) => {
    const one = fc
      .tuple(fc.nat(stock.length - 1), fc.option(change, { freq: 6 }))
      .map(([index, changes]) => transfer(`${prefix}${index}`, { ...stock[index], ...changes }));
    return fc.array(one, { maxLength });
  });
}
