import type { Tx } from '@sluice/database';
import { listBalances } from '@sluice/ledger';
import { isRefusal, money, toWire, type WireMoney } from '@sluice/money';
import { listPayouts, type Payout } from '@sluice/payout';
import { readMainAccount, routeDeposit } from '@sluice/settlement';
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { PayoutPlan, PlannedPayout } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import {
  bookTogether,
  ledgerBalances,
  postLinked,
  refuseAll,
  subAccountParameters,
} from './post-bookings.ts';

const prefix = 'payable/';
/** A plan is one list; a marketplace with more payouts than this wants one that pages. */
const maxPayouts = 100_000;

export interface PayoutRun {
  readonly poolId: string;
  readonly mainAccountId: string;
  readonly runId: string;
}

/**
 * Lists what sellers are owed, and tops the paying main account up so that its sub-accounts can
 * cover it. A seller whose last payout came back or was rejected is held: paying again to the
 * same account would only come back again. Safe to repeat: a second plan tops up what is missing
 * then, and a payout that was started has its id taken.
 */
export async function planPayouts(
  tx: Tx,
  dependencies: Dependencies,
  run: PayoutRun,
): Promise<PayoutPlan> {
  const main = await readMainAccount(tx, run.mainAccountId);
  if (isRefusal(main)) return refuseAll(main);
  const { currency } = main;
  const wire = (minor: bigint): WireMoney => toWire(money(minor, currency));
  const bySeller = payoutsBySeller(await listPayouts(tx, { limit: maxPayouts }));
  const payouts: PlannedPayout[] = [];
  const held: PlannedPayout[] = [];
  let neededMinor = 0n;
  for (const { code, balanceMinor } of await listBalances(tx, { prefix })) {
    const sellerId = code.slice(prefix.length);
    const earlier = bySeller.get(sellerId) ?? [];
    // A payout that waits for money will take its part of what is owed.
    const waitingMinor = earlier
      .filter(isWaiting)
      .reduce((sum, { amount }) => sum + amount.minor, 0n);
    neededMinor += waitingMinor;
    const owedMinor = balanceMinor - waitingMinor;
    if (owedMinor <= 0n) continue;
    const planned = {
      payoutId: `${run.poolId}/${sellerId}/${earlier.length + 1}`,
      sellerId,
      amount: wire(owedMinor),
    };
    if (earlier.some(isStuck)) {
      held.push(planned);
      continue;
    }
    payouts.push(planned);
    neededMinor += owedMinor;
  }
  const heldMinor = await activeTotal(tx, run.mainAccountId, main.generation);
  const missingMinor = neededMinor > heldMinor ? neededMinor - heldMinor : 0n;
  if (missingMinor > 0n) await topUp(tx, dependencies, { ...run, currency, missingMinor });
  return { kind: 'planned', toppedUp: wire(missingMinor), payouts, held };
}

function isStuck({ status }: Payout): boolean {
  return status === 'returned' || status === 'failed';
}

function isWaiting({ state }: Payout): boolean {
  return state === 'created' || state === 'awaiting-funds';
}

function payoutsBySeller(payouts: readonly Payout[]): ReadonlyMap<string, readonly Payout[]> {
  return Map.groupBy(payouts, ({ sellerId }) => sellerId);
}

async function activeTotal(tx: Tx, mainAccountId: string, generation: number): Promise<bigint> {
  const accounts = await listBalances(tx, { prefix: `settlement/${mainAccountId}/${generation}/` });
  return accounts.reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
}

async function topUp(
  tx: Tx,
  { program }: Dependencies,
  request: PayoutRun & { readonly currency: string; readonly missingMinor: bigint },
): Promise<void> {
  const { mainAccountId, runId, currency, missingMinor } = request;
  const deposit = await routeDeposit(tx, {
    mainAccountId,
    amountMinor: missingMinor,
    balances: ledgerBalances(tx),
  });
  if (isRefusal(deposit)) return refuseAll(deposit);
  if (deposit.kind === 'wait') throw tryLater(deposit.waitMs);
  // The same for every attempt of this activity.
  const at = new Date(activityInfo().scheduledTimestampMs).toISOString();
  const transfers = bookTogether(
    program,
    deposit.parts.map(({ account, amountMinor }) => ({
      type: 'settlement.top-up',
      key: `top-up:${mainAccountId}:${runId}:${at}:${account}`,
      reference: runId,
      at,
      parameters: { currency, ...subAccountParameters(account) },
      amounts: { part: money(amountMinor, currency) },
    })),
  );
  await postLinked(tx, transfers, { retryBelowFloorOf: 'settlement/' });
}

/** The main account is being redistributed: the activity is tried again after its interval. */
export function tryLater(waitMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'MAIN_ACCOUNT_REDISTRIBUTING',
    message: 'the main account is being redistributed',
    nextRetryDelay: waitMs,
  });
}
