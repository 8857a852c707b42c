import type { Money } from '@sluice/money';
import type { BatchRun, RunningAccount } from './batch-run.ts';
import { bodyText, repeatStatus, requestFault } from './transfer-fault.ts';
import { isKept, type TransferStatus } from './transfer-status.ts';
import type { ExpireHold, PostedTransfer, TransferBody, TransferResult } from './transfer.ts';

/** What a transfer comes to once it is known which accounts it is between. */
type Movement = Pick<
  PostedTransfer,
  | 'debitAccount'
  | 'creditAccount'
  | 'amount'
  | 'askedMinor'
  | 'balancing'
  | 'timeoutMs'
  | 'originalId'
>;

/**
 * Evaluates one transfer and, when nothing speaks against it, posts it to the run.
 *
 * @param head what the first of its chain came to; undefined for the first itself.
 */
export function evaluateOne(
  run: BatchRun,
  transfer: TransferBody | ExpireHold,
  head: TransferStatus | undefined,
): TransferResult {
  const fault = requestFault(transfer);
  if (fault !== undefined) return refused(fault);
  const posted = run.transfer(transfer.id);
  if (posted !== undefined) {
    const status = repeatStatus(transfer, posted);
    if (status !== 'exists') return refused(status);
    return head === 'created' ? refused('linked-chain-differs') : answer('exists', posted);
  }
  if (head === 'exists') return refused('linked-chain-differs');
  const kept = run.refusal(transfer.id);
  if (kept === undefined) return post(run, transfer);
  return refused(kept.body === bodyText(transfer) ? kept.status : 'refused-with-different-body');
}

function post(run: BatchRun, transfer: TransferBody | ExpireHold): TransferResult {
  const movement = movementOf(run, transfer);
  const posted = typeof movement === 'string' ? movement : move(run, transfer, movement);
  if (typeof posted !== 'string') return answer('created', posted);
  if (isKept(posted)) {
    run.refusals.set(transfer.id, { status: posted, body: bodyText(transfer) });
  }
  return refused(posted);
}

function movementOf(run: BatchRun, transfer: TransferBody | ExpireHold): Movement | TransferStatus {
  switch (transfer.kind) {
    case 'direct':
    case 'hold':
      return {
        debitAccount: transfer.debitAccount,
        creditAccount: transfer.creditAccount,
        amount: transfer.amount,
        askedMinor: transfer.amount.minor,
        balancing: transfer.balancing ?? null,
        timeoutMs: transfer.kind === 'hold' ? transfer.timeoutMs : null,
        originalId: null,
      };
    case 'reversal':
      return reversal(run, transfer);
    case 'post-hold':
    case 'void-hold':
    case 'expire-hold':
      return resolution(run, transfer);
  }
}

function resolution(
  run: BatchRun,
  transfer: Extract<TransferBody | ExpireHold, { readonly holdId: string }>,
): Movement | TransferStatus {
  const hold = run.transfer(transfer.holdId);
  if (hold === undefined) return 'hold-not-found';
  const state = run.hold(transfer.holdId);
  if (hold.kind !== 'hold' || state === undefined) return 'not-a-hold';
  if (state.resolution === 'post-hold') return 'hold-already-posted';
  if (state.resolution === 'void-hold') return 'hold-already-voided';
  if (state.resolution === 'expire-hold') return 'hold-expired';
  const isOver = state.expiresAtMs !== null && state.expiresAtMs <= run.nowMs;
  if (isOver !== (transfer.kind === 'expire-hold')) return 'hold-expired';
  const asked = transfer.kind === 'post-hold' ? transfer.amount : null;
  if (exceeds(asked, hold.amount)) return 'exceeds-hold';
  return between(hold, hold.debitAccount, hold.creditAccount, asked ?? hold.amount, asked);
}

function reversal(
  run: BatchRun,
  transfer: Extract<TransferBody, { readonly kind: 'reversal' }>,
): Movement | TransferStatus {
  const original = run.transfer(transfer.originalId);
  if (original === undefined) return 'original-not-found';
  if (original.kind !== 'direct' && original.kind !== 'post-hold') return 'original-not-reversible';
  const left = { ...original.amount, minor: original.amount.minor - run.reversed(original.id) };
  if (left.minor === 0n) return 'original-already-reversed';
  if (exceeds(transfer.amount, left)) return 'exceeds-original';
  const amount = transfer.amount ?? left;
  return between(original, original.creditAccount, original.debitAccount, amount, transfer.amount);
}

/** An amount of another currency exceeds nothing: it is refused for its currency. */
function exceeds(asked: Money | null, most: Money): boolean {
  return asked !== null && asked.currency === most.currency && asked.minor > most.minor;
}

function between(
  original: PostedTransfer,
  debitAccount: string,
  creditAccount: string,
  amount: Money,
  asked: Money | null,
): Movement {
  return {
    debitAccount,
    creditAccount,
    amount,
    askedMinor: asked?.minor ?? null,
    balancing: null,
    timeoutMs: null,
    originalId: original.id,
  };
}

function move(
  run: BatchRun,
  transfer: TransferBody | ExpireHold,
  movement: Movement,
): PostedTransfer | TransferStatus {
  const debit = run.account(movement.debitAccount);
  if (debit === undefined) return 'debit-account-not-found';
  const credit = run.account(movement.creditAccount);
  if (credit === undefined) return 'credit-account-not-found';
  const { currency } = debit.before;
  if (currency !== credit.before.currency || currency !== movement.amount.currency) {
    return 'currency-differs';
  }
  const frees = transfer.kind === 'void-hold' || transfer.kind === 'expire-hold';
  if (!frees && debit.before.isClosed) return 'debit-account-closed';
  if (!frees && credit.before.isClosed) return 'credit-account-closed';
  const reserved = frees || transfer.kind === 'post-hold';
  const minor = reserved ? movement.amount.minor : withinLimits(debit, credit, movement);
  if (typeof minor === 'string') return minor;
  const posted = {
    id: transfer.id,
    kind: transfer.kind,
    debitAccount: movement.debitAccount,
    creditAccount: movement.creditAccount,
    amount: minor === movement.amount.minor ? movement.amount : { minor, currency },
    askedMinor: movement.askedMinor,
    balancing: movement.balancing,
    timeoutMs: movement.timeoutMs,
    originalId: movement.originalId,
    type: transfer.type,
    reference: transfer.reference,
    effectiveAt: transfer.effectiveAt,
    debitBalanceMinor: 0n,
    creditBalanceMinor: 0n,
    debitHeldMinor: 0n,
    creditHeldMinor: 0n,
  };
  run.applyEffect(posted, 1n);
  posted.debitBalanceMinor = debit.balanceMinor;
  posted.creditBalanceMinor = credit.balanceMinor;
  posted.debitHeldMinor = debit.heldDebitMinor;
  posted.creditHeldMinor = credit.heldCreditMinor;
  run.accept(posted);
  return posted;
}

/** The amount that may move: all of it, or as much as there is when the transfer is balancing. */
function withinLimits(
  debit: RunningAccount,
  credit: RunningAccount,
  { amount, balancing }: Movement,
): bigint | 'exceeds-floor' | 'exceeds-ceiling' {
  let { minor } = amount;
  const givesMinor = debit.balanceMinor - debit.heldDebitMinor - debit.floorMinor;
  if (minor > givesMinor) {
    if (balancing === null || balancing === 'credit' || givesMinor <= 0n) return 'exceeds-floor';
    minor = givesMinor;
  }
  const takesMinor = credit.ceilingMinor - credit.balanceMinor - credit.heldCreditMinor;
  if (minor > takesMinor) {
    if (balancing === null || balancing === 'debit' || takesMinor <= 0n) return 'exceeds-ceiling';
    minor = takesMinor;
  }
  return minor;
}

/** The result of a transfer that was not posted. */
export function refused(status: TransferStatus): TransferResult {
  return { status, amountMinor: null, debitBalanceMinor: null, creditBalanceMinor: null };
}

function answer(status: TransferStatus, posted: PostedTransfer): TransferResult {
  const { amount, debitBalanceMinor, creditBalanceMinor } = posted;
  return { status, amountMinor: amount.minor, debitBalanceMinor, creditBalanceMinor };
}
