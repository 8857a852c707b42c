import { maxMinor, type AccountState } from './account.ts';
import { repeatStatus, requestFault } from './transfer-fault.ts';
import { isPosted, type TransferStatus } from './transfer-status.ts';
import type { PostedTransfer, Transfer, TransferBody, TransferResult } from './transfer.ts';

/** What a batch is evaluated against. */
export interface LedgerState {
  /** By code: every account that the batch names and that exists. */
  readonly accounts: ReadonlyMap<string, AccountState>;
  /** By id: every transfer of the batch that was posted before. */
  readonly transfers: ReadonlyMap<string, PostedTransfer>;
}

/** What a batch does to a state. */
export interface Evaluation {
  /** One per transfer, in order. */
  readonly results: readonly TransferResult[];
  /** The transfers posted now, in order. */
  readonly accepted: readonly PostedTransfer[];
  /** The accounts that the accepted transfers touched, as they are afterwards. */
  readonly changedAccounts: readonly AccountState[];
}

/** An account while a batch is under way. */
interface Running {
  readonly before: AccountState;
  readonly floorMinor: bigint;
  readonly ceilingMinor: bigint;
  balanceMinor: bigint;
  transferCount: bigint;
}

interface Run {
  readonly state: LedgerState;
  readonly accounts: Map<string, Running>;
  readonly acceptedById: Map<string, PostedTransfer>;
  readonly accepted: PostedTransfer[];
  readonly results: TransferResult[];
}

/**
 * Evaluates a batch in order: each transfer against the state that the ones before it left. Pure,
 * so that posting, tests, replay and simulation all do exactly the same.
 */
export function evaluateTransfers(state: LedgerState, transfers: readonly Transfer[]): Evaluation {
  const run: Run = {
    state,
    accounts: new Map(),
    acceptedById: new Map(),
    accepted: [],
    results: [],
  };
  for (let start = 0; start < transfers.length;) {
    const end = chainEnd(transfers, start);
    evaluateChain(run, transfers, start, end);
    start = end;
  }
  return {
    results: run.results,
    accepted: run.accepted,
    changedAccounts: changedAccounts(run),
  };
}

/** The state after an evaluation, for replay and simulation. */
export function nextState(state: LedgerState, evaluation: Evaluation): LedgerState {
  const accounts = new Map(state.accounts);
  for (const account of evaluation.changedAccounts) accounts.set(account.code, account);
  const transfers = new Map(state.transfers);
  for (const posted of evaluation.accepted) transfers.set(posted.transfer.id, posted);
  return { accounts, transfers };
}

/** The index behind the chain that starts at `start`; most chains are one transfer long. */
function chainEnd(transfers: readonly Transfer[], start: number): number {
  let end = start;
  while (transfers[end]?.linked === true) end += 1;
  return Math.min(end + 1, transfers.length);
}

function evaluateChain(run: Run, transfers: readonly Transfer[], start: number, end: number): void {
  const mark = run.accepted.length;
  const isOpen = transfers[end - 1]?.linked === true;
  let isBroken = isOpen;
  let head: TransferStatus | undefined;
  for (const transfer of transfers.slice(start, end)) {
    const result = isBroken ? refused('linked-transfer-failed') : evaluateOne(run, transfer, head);
    isBroken ||= !isPosted(result.status);
    head ??= result.status;
    run.results.push(result);
  }
  if (isOpen) run.results[end - 1] = refused('linked-chain-open');
  if (isBroken) undoChain(run, mark, start);
}

/** Takes back what a broken chain posted before it broke. */
function undoChain(run: Run, mark: number, start: number): void {
  for (const { transfer } of run.accepted.splice(mark)) {
    run.acceptedById.delete(transfer.id);
    move(run, transfer, -1n);
  }
  for (let index = start; index < run.results.length; index += 1) {
    if (run.results[index]?.status !== 'created') continue;
    run.results[index] = refused('linked-transfer-failed');
  }
}

function move(run: Run, { debitAccount, creditAccount, amount }: TransferBody, sign: bigint): void {
  const debit = run.accounts.get(debitAccount);
  const credit = run.accounts.get(creditAccount);
  if (debit === undefined || credit === undefined) throw new Error('moved an unknown account');
  debit.balanceMinor -= sign * amount.minor;
  debit.transferCount += sign;
  credit.balanceMinor += sign * amount.minor;
  credit.transferCount += sign;
}

/** @param head what the first of the chain came to; undefined for the first itself. */
function evaluateOne(
  run: Run,
  transfer: Transfer,
  head: TransferStatus | undefined,
): TransferResult {
  const fault = requestFault(transfer);
  if (fault !== undefined) return refused(fault);
  const posted = run.acceptedById.get(transfer.id) ?? run.state.transfers.get(transfer.id);
  if (posted === undefined) {
    return head === 'exists' ? refused('linked-chain-differs') : post(run, transfer);
  }
  const status = repeatStatus(transfer, posted);
  if (status !== 'exists') return refused(status);
  return head === 'created' ? refused('linked-chain-differs') : answer('exists', posted);
}

function post(run: Run, transfer: Transfer): TransferResult {
  const { amount } = transfer;
  const debit = runningAccount(run, transfer.debitAccount);
  if (debit === undefined) return refused('debit-account-not-found');
  const credit = runningAccount(run, transfer.creditAccount);
  if (credit === undefined) return refused('credit-account-not-found');
  const { currency } = debit.before;
  if (currency !== credit.before.currency || currency !== amount.currency) {
    return refused('currency-differs');
  }
  const debitBalanceMinor = debit.balanceMinor - amount.minor;
  if (debitBalanceMinor < debit.floorMinor) return refused('exceeds-floor');
  const creditBalanceMinor = credit.balanceMinor + amount.minor;
  if (creditBalanceMinor > credit.ceilingMinor) return refused('exceeds-ceiling');
  move(run, transfer, 1n);
  const posted = { transfer, debitBalanceMinor, creditBalanceMinor };
  run.accepted.push(posted);
  run.acceptedById.set(transfer.id, posted);
  return answer('created', posted);
}

function runningAccount(run: Run, code: string): Running | undefined {
  const known = run.accounts.get(code);
  if (known !== undefined) return known;
  const before = run.state.accounts.get(code);
  if (before === undefined) return undefined;
  const running = {
    before,
    floorMinor: before.floorMinor ?? -maxMinor,
    ceilingMinor: before.ceilingMinor ?? maxMinor,
    balanceMinor: before.balanceMinor,
    transferCount: before.transferCount,
  };
  run.accounts.set(code, running);
  return running;
}

function changedAccounts(run: Run): readonly AccountState[] {
  const changed: AccountState[] = [];
  for (const { before, balanceMinor, transferCount } of run.accounts.values()) {
    if (transferCount === before.transferCount) continue;
    changed.push({ ...before, balanceMinor, transferCount });
  }
  return changed;
}

function refused(status: TransferStatus): TransferResult {
  return { status, debitBalanceMinor: null, creditBalanceMinor: null };
}

function answer(status: TransferStatus, posted: PostedTransfer): TransferResult {
  const { debitBalanceMinor, creditBalanceMinor } = posted;
  return { status, debitBalanceMinor, creditBalanceMinor };
}
