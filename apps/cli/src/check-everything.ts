import { checkBilling } from '@sluice/billing';
import { maxViolations, type Database, type Invariant } from '@sluice/database';
import {
  checkBookingBatches,
  checkLedger,
  checkSeals,
  createHttpAccountingServer,
  listBalances,
  readBalances,
  reconcileAccounting,
} from '@sluice/ledger';
import { createSandboxBankRail, checkPayouts } from '@sluice/payout';
import { checkIntake, checkPool, listPools, readPool } from '@sluice/pool';
import { isRefusal } from '@sluice/money';
import { checkRollouts, checkRulebook } from '@sluice/rulebook';
import { checkSettlement } from '@sluice/settlement';
import { checkFees } from './check-fees.ts';
import { checkRefusals } from './check-refusals.ts';

/** One invariant with its verdict. */
export interface Checked extends Invariant {
  readonly holds: boolean;
}

/** How long the bank may take to list what it paid, and the accounting server what it booked. */
const bankTimeoutMs = 10_000;

/**
 * Checks every invariant over everything that is stored; with the addresses of the bank and of the
 * accounting server also against what these themselves say they paid and booked.
 */
export async function checkEverything(
  database: Database,
  bankUrl: string | null,
  accountingUrl: string | null,
): Promise<readonly Checked[]> {
  const bank =
    bankUrl === null
      ? undefined
      : createSandboxBankRail({ baseUrl: bankUrl, timeoutMs: bankTimeoutMs });
  const balances = {
    read: async (accounts: readonly string[]): Promise<readonly bigint[]> => {
      const found = await readBalances(database, accounts);
      return accounts.map((code) => found.get(code) ?? 0n);
    },
  };
  // Side by side: some keep the server busy, others this process.
  const found = await Promise.all([
    checkLedger(database),
    checkSeals(database),
    checkBookingBatches(database),
    checkAccounting(database, accountingUrl),
    checkFunding(database),
    checkFees(database),
    checkPayouts(database, bank),
    checkBilling(database),
    checkIntake(database),
    checkPool(database),
    checkRefusals(database),
    checkSettlement(database, balances),
    checkRulebook(database),
    checkRollouts(database),
  ]);
  return found
    .flat()
    .map((invariant) => ({ ...invariant, holds: invariant.violations.length === 0 }))
    .sort((left, right) => left.id.localeCompare(right.id, 'en', { numeric: true }));
}

async function checkAccounting(
  database: Database,
  baseUrl: string | null,
): Promise<readonly Invariant[]> {
  if (baseUrl === null) return [];
  const books = createHttpAccountingServer({ baseUrl, timeoutMs: bankTimeoutMs });
  return [await reconcileAccounting(database, books)];
}

/** Pool and ledger keep their own books of what was drawn: they have to agree, source by source. */
async function checkFunding(database: Database): Promise<Invariant> {
  const drawn = new Map<string, bigint>();
  for (const { id } of await listPools(database)) {
    const pool = await readPool(database, id);
    if (isRefusal(pool)) continue;
    for (const { account, drawnMinor } of pool.sources) {
      drawn.set(account, (drawn.get(account) ?? 0n) + drawnMinor);
    }
  }
  const accounts = await listBalances(database, { prefix: 'funding/' });
  const violations = accounts
    .filter(({ code, balanceMinor }) => -balanceMinor !== (drawn.get(code) ?? 0n))
    .map(
      ({ code, balanceMinor }) =>
        `${code}: the ledger booked ${-balanceMinor}, the pools drew ${drawn.get(code) ?? 0n}`,
    );
  return {
    id: 'I5',
    title: 'what the ledger booked from each source is what the pools drew from it',
    checked: accounts.length,
    violations: violations.slice(0, maxViolations),
  };
}
