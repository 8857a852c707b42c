// Laws, for random batches with links, repeats, limits and faults:
// 1. statuses and balances are those of the slow model;
// 2. cut anywhere between chains, the batches give the same results and the same state;
// 3. all balances of a currency together stay zero.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  arbitraryTransfers,
  closedModelAccounts,
  modelAccounts,
} from '../testing/arbitrary-transfers.ts';
import { openedState } from '../testing/samples.ts';
import { chains, SlowModel } from '../testing/slow-model.ts';
import { evaluateTransfers, nextState } from './evaluate-transfers.ts';
import type { LedgerState } from './ledger-state.ts';
import type { Transfer, TransferResult } from './transfer.ts';

const fresh = openedState(modelAccounts);
const opened: LedgerState = {
  ...fresh,
  accounts: new Map(
    [...fresh.accounts].map(([code, account]) => [
      code,
      { ...account, isClosed: closedModelAccounts.includes(code) },
    ]),
  ),
};

function run(batches: readonly (readonly Transfer[])[]): {
  results: readonly TransferResult[];
  state: LedgerState;
} {
  let state = opened;
  const results: TransferResult[] = [];
  for (const batch of batches) {
    const evaluation = evaluateTransfers(state, batch);
    results.push(...evaluation.results);
    state = nextState(state, evaluation);
  }
  return { results, state };
}

const batch = arbitraryTransfers('', 40);

test('statuses and balances are those of the slow, obvious model', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 3 }), (batches) => {
      const model = new SlowModel(modelAccounts, closedModelAccounts);
      const expected = batches.flatMap((transfers) => model.post(transfers));
      const { results, state } = run(batches);
      expect(results.map(({ status }) => status)).toEqual(expected);
      for (const { code } of modelAccounts) {
        expect(state.accounts.get(code)).toMatchObject({
          balanceMinor: model.balance(code),
          heldDebitMinor: model.held(code, 'from'),
          heldCreditMinor: model.held(code, 'to'),
        });
      }
      expected.forEach((status) => seen.add(status));
    }),
    { numRuns: 3_000 },
  );
  // The generator is worth something only while it reaches every kind of refusal.
  expect(seen.size).toBeGreaterThanOrEqual(34);
});

test('how the chains are cut into batches changes nothing', () => {
  fc.assert(
    fc.property(batch, fc.integer({ min: 1, max: 7 }), (transfers, size) => {
      const parts = chains(transfers);
      const cut = Array.from({ length: Math.ceil(parts.length / size) }, (_, index) =>
        parts.slice(index * size, (index + 1) * size).flat(),
      );
      const whole = run([transfers]);
      const pieces = run(cut);
      expect(pieces.results).toEqual(whole.results);
      expect(pieces.state).toEqual(whole.state);
    }),
    { numRuns: 500 },
  );
});

test('all balances of a currency together stay zero', () => {
  fc.assert(
    fc.property(batch, (transfers) => {
      const sums = new Map<string, bigint>();
      for (const { currency, balanceMinor } of run([transfers]).state.accounts.values()) {
        sums.set(currency, (sums.get(currency) ?? 0n) + balanceMinor);
      }
      expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
    }),
  );
});
