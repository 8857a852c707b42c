import { RetryTransactionError, type Tx } from '@sluice/database';
import { evaluateTransfers } from '../domain/evaluate-transfers.ts';
import type { ExpireHold, PostedTransfer, Transfer, TransferResult } from '../domain/transfer.ts';
import { lockAccounts } from './lock-accounts.ts';
import { readState } from './read-state.ts';
import { namesOf } from './transfer-names.ts';
import { writeEvaluation } from './write-evaluation.ts';

/**
 * Posts a batch, in order, each transfer against the state that the ones before it left; a single
 * posting is a batch of one. One wait for the server whatever the size: the accounts are locked and
 * the state is read in one go, and what was accepted is written without waiting, the transaction's
 * commit right behind it. A refused transfer leaves nothing but a kept refusal.
 *
 * @returns one result per transfer, in order. See `transferStatuses`.
 * @throws RetryTransactionError, from the transaction, when another one posts one of the ids over
 *   other accounts at the same moment: run again, the id is found.
 */
export async function postTransfers(
  tx: Tx,
  transfers: readonly Transfer[],
): Promise<readonly TransferResult[]> {
  return transfers.length === 0 ? [] : postAll(tx, transfers);
}

/** As {@link postTransfers}, with the transfers that only the ledger itself may post. */
export async function postAll(
  tx: Tx,
  transfers: readonly (Transfer | (ExpireHold & { readonly linked: false }))[],
): Promise<readonly TransferResult[]> {
  const names = namesOf(transfers);
  // Statements run in the order they are sent: all that is read is read under the locks.
  const [accounts, state] = await Promise.all([lockAccounts(tx, names), readState(tx, names)]);
  for (const id of names.originalIds) expectLocked(state.transfers.get(id), accounts);
  const evaluation = evaluateTransfers({ ...state, accounts }, transfers);
  if (evaluation.accepted.length > 0 || evaluation.refusals.size > 0) {
    tx.beforeCommit(writeEvaluation(tx, { accounts, sinceNs: state.sinceNs, evaluation }));
  }
  return evaluation.results;
}

/**
 * An original that was committed while the lock was being waited for was not there yet when its
 * accounts were looked up.
 */
function expectLocked(
  original: PostedTransfer | undefined,
  accounts: ReadonlyMap<string, unknown>,
): void {
  if (original === undefined) return;
  if (accounts.has(original.debitAccount) && accounts.has(original.creditAccount)) return;
  throw new RetryTransactionError(`${original.id} was posted while its accounts were looked up`);
}
