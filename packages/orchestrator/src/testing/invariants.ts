import { withTransaction, type Invariant, type Queryable } from '@sluice/database';
import {
  checkBookingBatches,
  checkLedger,
  checkSeals,
  listBalances,
  readBalances,
  reconcileAccounting,
  sealTransfers,
} from '@sluice/ledger';
import { isRefusal } from '@sluice/money';
import { checkPayouts, listPayouts, type Payout, type PayoutState } from '@sluice/payout';
import { checkPool, listPools, readPool, sumFees } from '@sluice/pool';
import { checkRollouts, checkRulebook } from '@sluice/rulebook';
import { checkSettlement } from '@sluice/settlement';
import { ledgerBalances } from '../activities/ledger-balances.ts';
import type { TestSystem } from './test-system.ts';

/**
 * Everything that must hold and does not, as sentences: each domain's own check, the bank's books,
 * and what only all domains together can tell.
 *
 * @param waiting how many redemptions are rightly not decided yet.
 */
export async function violations(
  { db, bank, accounting }: TestSystem,
  { waiting = 0 }: { readonly waiting?: number } = {},
): Promise<readonly string[]> {
  // What is recorded by now is sealed, so that there is a chain to check.
  await sealTransfers(db.app, { waitMs: 1_000 });
  const found = await withTransaction(db.app, async (tx) => [
    ...(await checkLedger(tx)),
    await checkSeals(tx),
    // Not every test sends what it books.
    await checkBookingBatches(tx, { marginMs: 3_600_000 }),
    await reconcileAccounting(tx, accounting),
    ...(await checkPool(tx)),
    ...(await checkPayouts(tx, bank)),
    ...(await checkSettlement(tx, ledgerBalances(tx))),
    await checkRulebook(tx),
    await checkRollouts(tx),
  ]);
  const own = found.flatMap(textsOf);
  const undecided = own.filter((text) => text.includes('is waiting'));
  return [
    ...own.filter((text) => !text.includes('is waiting')),
    ...(undecided.length === waiting ? [] : undecided),
    ...(await drawnDifferently(db.app)),
    ...(await chargedDifferently(db.app)),
    ...(await bookedDifferently(db.app)),
  ];
}

function textsOf({ id, violations: texts }: Invariant): readonly string[] {
  return texts.map((text) => `${id} ${text}`);
}

/** Pool and ledger keep their own books of what each source gave. */
async function drawnDifferently(queryable: Queryable): Promise<readonly string[]> {
  const drawn = new Map<string, bigint>();
  for (const { id } of await listPools(queryable)) {
    const pool = await readPool(queryable, id);
    if (isRefusal(pool)) continue;
    for (const { account, drawnMinor } of pool.sources) {
      drawn.set(account, (drawn.get(account) ?? 0n) + drawnMinor);
    }
  }
  const accounts = await listBalances(queryable, { prefix: 'funding/' });
  return accounts
    .filter(({ code, balanceMinor }) => -balanceMinor !== (drawn.get(code) ?? 0n))
    .map(({ code, balanceMinor }) => `${code}: ${-balanceMinor} booked, ${drawn.get(code)} drawn`);
}

/** And of what the platform keeps of it. */
async function chargedDifferently(queryable: Queryable): Promise<readonly string[]> {
  const fees = await sumFees(queryable);
  const chargedMinor = fees.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const accounts = await listBalances(queryable, { prefix: 'income/' });
  const bookedMinor = accounts.reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
  return bookedMinor === chargedMinor
    ? []
    : [`fees: ${bookedMinor} booked, ${chargedMinor} charged`];
}

const onItsWay: readonly PayoutState[] = ['reserved', 'submitting', 'unknown', 'submitted'];
const arrived: readonly PayoutState[] = ['settled', 'final'];

/** What is in transit, at the sellers' banks and in clearing follows from the payouts' states. */
async function bookedDifferently(queryable: Queryable): Promise<readonly string[]> {
  const payouts = await listPayouts(queryable, { limit: 10_000 });
  const clearing = await listBalances(queryable, { prefix: 'settlement/' });
  const cleared = clearing
    .filter(({ code }) => code.endsWith('/clearing'))
    .reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
  const accounts = ['payout/in-transit/USD', 'outside/sellers/USD'];
  const balances = await readBalances(queryable, accounts);
  const books: readonly (readonly [string, bigint, bigint])[] = [
    ['in transit', balances.get('payout/in-transit/USD') ?? 0n, sumOf(payouts, onItsWay)],
    ['arrived', balances.get('outside/sellers/USD') ?? 0n, sumOf(payouts, arrived)],
    ['cleared', cleared, sumOf(payouts, [...onItsWay, ...arrived])],
  ];
  return books
    .filter(([, booked, paid]) => booked !== paid)
    .map(([what, booked, paid]) => `${what}: ${booked} booked, ${paid} in payouts`);
}

function sumOf(payouts: readonly Payout[], states: readonly PayoutState[]): bigint {
  return payouts
    .filter(({ state }) => states.includes(state))
    .reduce((total, { amount }) => total + amount.minor, 0n);
}
