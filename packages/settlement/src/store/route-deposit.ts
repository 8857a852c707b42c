import type { Tx } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { totalOf } from '../domain/main-account-state.ts';
import { planDeposit } from '../domain/plan-deposit.ts';
import { subAccountCode } from '../domain/sub-account-code.ts';
import { readAccounts, type Balances } from './balances.ts';
import { activeCodes, lockForRouting, noteState } from './main-account-head.ts';
import { amountNotPositive, type AccountPart, type WaitFirst } from './route-task.ts';

/** Where money that comes in is put. */
export interface RoutedDeposit {
  readonly kind: 'routed';
  readonly generation: number;
  readonly epoch: number;
  /** By the order of sub-accounts; they add up to the amount. */
  readonly parts: readonly AccountPart[];
}

/**
 * Routes money that comes in (first funding, a top-up, a returned payout) to the active generation,
 * lowest balances first, so that nothing ever lands on a retired sub-account. Post the parts in the
 * same transaction, under a key of the caller's own: a deposit is not recorded here. One that lifts
 * the total to threshold 1 ends the state `insufficient`.
 *
 * @returns the parts, or `wait` while redistributing, or the refusals `MAIN_ACCOUNT_UNKNOWN`,
 *   `AMOUNT_NOT_POSITIVE`.
 */
export async function routeDeposit(
  tx: Tx,
  request: {
    readonly mainAccountId: string;
    /** In minor units of the main account's currency, above zero. */
    readonly amountMinor: bigint;
    readonly balances: Balances;
  },
): Promise<RoutedDeposit | WaitFirst | Refusal> {
  const { mainAccountId, amountMinor, balances } = request;
  if (amountMinor <= 0n) return amountNotPositive(mainAccountId, amountMinor);
  const head = await lockForRouting(tx, mainAccountId);
  if (isRefusal(head)) return head;
  if (head.state === 'redistributing') return { kind: 'wait', waitMs: head.rule.waitMs };
  const accounts = await readAccounts(balances, activeCodes(head));
  const before = accounts.map(({ balanceMinor }) => balanceMinor);
  const enough = totalOf(before) + amountMinor >= head.rule.thresholdMinor;
  await noteState(tx, head, enough ? 'normal' : 'insufficient');
  const { generation, epoch } = head;
  const parts = planDeposit(before, amountMinor).map((part) => ({
    account: subAccountCode(mainAccountId, generation, part.number),
    amountMinor: part.amountMinor,
  }));
  return { kind: 'routed', generation, epoch, parts };
}
