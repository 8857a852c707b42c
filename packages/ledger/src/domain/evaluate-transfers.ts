import type { AccountState } from './account.ts';
import { BatchRun } from './batch-run.ts';
import { evaluateOne, refused } from './evaluate-one.ts';
import type { HoldState, KeptRefusal, LedgerState } from './ledger-state.ts';
import { isPosted, type TransferStatus } from './transfer-status.ts';
import type { ExpireHold, PostedTransfer, Transfer, TransferResult } from './transfer.ts';

/** What a batch does to a state. */
export interface Evaluation {
  /** One per transfer, in order. */
  readonly results: readonly TransferResult[];
  /** The transfers posted now, in order. */
  readonly accepted: readonly PostedTransfer[];
  /** The accounts that the accepted transfers touched, as they are afterwards. */
  readonly changedAccounts: readonly AccountState[];
  /** The holds that were made or resolved now, by id. */
  readonly changedHolds: ReadonlyMap<string, HoldState>;
  /** By id of the original: how much of it is reversed now. */
  readonly changedReversals: ReadonlyMap<string, bigint>;
  /** The refusals to be kept, by id. */
  readonly refusals: ReadonlyMap<string, KeptRefusal>;
}

type Linked = Transfer | (ExpireHold & { readonly linked: false });

/**
 * Evaluates a batch in order: each transfer against the state that the ones before it left. Pure,
 * so that posting, tests, replay and simulation all do exactly the same.
 */
export function evaluateTransfers(state: LedgerState, transfers: readonly Linked[]): Evaluation {
  const run = new BatchRun(state);
  const results: TransferResult[] = [];
  for (let start = 0; start < transfers.length;) {
    const end = chainEnd(transfers, start);
    evaluateChain(run, transfers.slice(start, end), results);
    start = end;
  }
  return {
    results,
    accepted: run.accepted,
    changedAccounts: run.changedAccounts(),
    changedHolds: run.holds,
    changedReversals: run.reversedMinor,
    refusals: run.refusals,
  };
}

/** The state after an evaluation, for replay and simulation. */
export function nextState(state: LedgerState, evaluation: Evaluation): LedgerState {
  const changed = evaluation.changedAccounts.map((account) => [account.code, account] as const);
  const posted = evaluation.accepted.map((transfer) => [transfer.id, transfer] as const);
  return {
    accounts: new Map([...state.accounts, ...changed]),
    transfers: new Map([...state.transfers, ...posted]),
    refusals: new Map([...state.refusals, ...evaluation.refusals]),
    holds: new Map([...state.holds, ...evaluation.changedHolds]),
    reversedMinor: new Map([...state.reversedMinor, ...evaluation.changedReversals]),
    nowMs: state.nowMs,
  };
}

/** The index behind the chain that starts at `start`; most chains are one transfer long. */
function chainEnd(transfers: readonly Linked[], start: number): number {
  let end = start;
  while (transfers[end]?.linked === true) end += 1;
  return Math.min(end + 1, transfers.length);
}

function evaluateChain(run: BatchRun, chain: readonly Linked[], results: TransferResult[]): void {
  const [mark, start] = [run.accepted.length, results.length];
  const isOpen = chain.at(-1)?.linked === true;
  let isBroken = isOpen;
  let head: TransferStatus | undefined;
  for (const transfer of chain) {
    const result = isBroken ? refused('linked-transfer-failed') : evaluateOne(run, transfer, head);
    isBroken ||= !isPosted(result.status);
    head ??= result.status;
    results.push(result);
  }
  if (isOpen) results[results.length - 1] = refused('linked-chain-open');
  if (!isBroken) return;
  run.takeBack(mark);
  for (let index = start; index < results.length; index += 1) {
    if (results[index]?.status !== 'created') continue;
    results[index] = refused('linked-transfer-failed');
  }
}
