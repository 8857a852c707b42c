import { money } from '@sluice/money';
import fc from 'fast-check';
import type { Account } from '../domain/account.ts';
import type { Transfer } from '../domain/transfer.ts';
import { account, at, hold, postHold, reversal, transfer, voidHold } from './samples.ts';

/** Tight limits and two currencies, so that every refusal comes up. */
export const modelAccounts: readonly Account[] = [
  account('a'),
  account('b', { floorMinor: -40n, ceilingMinor: 40n }),
  account('c', { floorMinor: 0n }),
  account('d', { ceilingMinor: 30n }),
  account('e', { currency: money(0n, 'CNY').currency }),
  account('shut'),
];

/** Those of them that are closed. */
export const closedModelAccounts: readonly string[] = ['shut'];

const codes = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'd', 'e', 'shut', 'nobody');

const amount = fc.integer({ min: 1, max: 30 }).map((minor) => money(BigInt(minor), 'USD'));
const type = fc.constantFrom('subsidy.coupon', 'subsidy.match');
const linked = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean());
const common = { type, linked };
const accounts = { debitAccount: codes, creditAccount: codes };
const balancing = fc.option(fc.constantFrom('debit' as const, 'credit' as const, 'both' as const), {
  freq: 3,
  nil: undefined,
});
const timeoutMs = fc.constantFrom(null, null, null, 0, 1, 5_000);
const part = fc.option(amount, { freq: 2 });

/** What a request says, but for its key and for the keys of others that it names. */
type Draft = (key: string, other: string) => Transfer;

const drafts: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ ...common, ...accounts, amount, balancing })
      .map(({ balancing: side, ...changes }): Draft => {
        return (key) =>
          transfer(key, { ...changes, ...(side === undefined ? {} : { balancing: side }) });
      }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ ...common, ...accounts, amount, balancing, timeoutMs })
      .map(({ balancing: side, ...changes }): Draft => {
        return (key) =>
          hold(key, { ...changes, ...(side === undefined ? {} : { balancing: side }) });
      }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ ...common, amount: part }).map(
      (changes): Draft =>
        (key, other) =>
          postHold(key, other, changes),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record(common).map(
      (changes): Draft =>
        (key, other) =>
          voidHold(key, other, changes),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ ...common, amount: part }).map(
      (changes): Draft =>
        (key, other) =>
          reversal(key, other, changes),
    ),
  },
);

const change: fc.Arbitrary<object> = fc.constantFrom(
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
  { amount: money(1n, 'USD') },
  { debitAccount: 'b' },
  { creditAccount: 'c' },
  { holdId: 'none' },
  { originalId: 'none' },
  { timeoutMs: 7_000 },
  { balancing: 'both' },
  { linked: true },
);

/** The same request with another word in one field that it has. */
function changed(one: Transfer, changes: object): Transfer {
  const known = { ...one, ...('debitAccount' in one ? { balancing: null } : {}) };
  const fitting = Object.entries(changes).filter(
    ([field, value]) =>
      field in known && !(field === 'amount' && one.kind === 'void-hold' && value !== null),
  );
  return { ...one, ...(Object.fromEntries(fitting) as object) };
}

/**
 * Transfers out of a small stock, so that repeats are common; some of them changed in one field.
 *
 * @param prefix of their keys, so that several runs share one ledger.
 */
export function arbitraryTransfers(
  prefix: string,
  maxLength: number,
): fc.Arbitrary<readonly Transfer[]> {
  return fc.array(drafts, { minLength: 1, maxLength }).chain((stock) => {
    const index = fc.nat(stock.length - 1);
    const one = fc.tuple(index, fc.option(change, { freq: 6 })).map(([place, changes]) => {
      // A request names one that comes a little before it in the stock, always the same one.
      const other = `${prefix}${Math.max(0, place - 1 - (place % 3))}`;
      const made = stock[place]?.(`${prefix}${place}`, other);
      if (made === undefined) throw new Error('no such draft');
      return changes === null ? made : changed(made, changes);
    });
    return fc.array(one, { maxLength });
  });
}
