import type { Account } from '../domain/account.ts';
import { evaluateTransfers, nextState } from '../domain/evaluate-transfers.ts';
import type { LedgerState } from '../domain/ledger-state.ts';
import type { TransferStatus } from '../domain/transfer-status.ts';
import type { DirectTransfer, Linkable, Transfer } from '../domain/transfer.ts';
import { openedState } from './samples.ts';

/** What a test changes of a transfer that is right in every field. */
export type Changes = Partial<Linkable<DirectTransfer>>;

/** A ledger with these accounts, on which this was posted. */
export function ledger(
  accounts: readonly Account[],
  posted: readonly Transfer[] = [],
): LedgerState {
  const empty = openedState(accounts);
  return nextState(empty, evaluateTransfers(empty, posted));
}

/** What becomes of a batch. */
export function statuses(
  state: LedgerState,
  transfers: readonly Transfer[],
): readonly TransferStatus[] {
  return evaluateTransfers(state, transfers).results.map(({ status }) => status);
}

/** The same ledger at a later time. */
export function later(state: LedgerState, nowMs: number): LedgerState {
  return { ...state, nowMs };
}

/** The same ledger with an account closed. */
export function closed(state: LedgerState, code: string): LedgerState {
  const account = state.accounts.get(code);
  if (account === undefined) throw new Error(`there is no account ${code}`);
  const accounts = new Map(state.accounts).set(code, { ...account, isClosed: true });
  return { ...state, accounts };
}

/** The same ledger with an account opened anew. */
export function ledgerWith(state: LedgerState, changed: Account): LedgerState {
  const fresh = openedState([changed]).accounts;
  return { ...state, accounts: new Map([...state.accounts, ...fresh]) };
}
