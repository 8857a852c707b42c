import type { Money } from '@sluice/money';
import { maxMinor } from './account.ts';
import { instantMs } from './instant.ts';
import type { TransferStatus } from './transfer-status.ts';
import type { ExpireHold, PostedTransfer, TransferBody } from './transfer.ts';

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Lone surrogates would be stored as something else, and control characters hide in a report. */
const labelPattern = /^[^\p{Cc}\p{Cs}]{1,200}$/u;
const maxTimeoutMs = 10 * 366 * 86_400_000;

/** Whether a text is a UUID in the form that the ledger keeps. */
export function isTransferId(text: string): boolean {
  return idPattern.test(text);
}

/** Whether a text can be a transfer's type or reference. */
export function isLabel(text: string): boolean {
  return labelPattern.test(text);
}

/** What is wrong with a transfer whatever the state, in the order of precedence. */
export function requestFault(transfer: TransferBody | ExpireHold): TransferStatus | undefined {
  if (!isTransferId(transfer.id)) return 'id-malformed';
  if (instantMs(transfer.effectiveAt) === undefined) return 'effective-at-malformed';
  if (!isLabel(transfer.type)) return 'type-malformed';
  if (!isLabel(transfer.reference)) return 'reference-malformed';
  switch (transfer.kind) {
    case 'direct':
      return amountFault(transfer.amount.minor) ?? accountsFault(transfer);
    case 'hold':
      return (
        amountFault(transfer.amount.minor) ??
        timeoutFault(transfer.timeoutMs) ??
        accountsFault(transfer)
      );
    case 'reversal':
      if (!isTransferId(transfer.originalId)) return 'original-id-malformed';
      return amountFault(transfer.amount?.minor ?? 1n);
    case 'post-hold':
      if (!isTransferId(transfer.holdId)) return 'hold-id-malformed';
      return amountFault(transfer.amount?.minor ?? 1n);
    case 'void-hold':
    case 'expire-hold':
      return isTransferId(transfer.holdId) ? undefined : 'hold-id-malformed';
  }
}

function amountFault(minor: bigint): TransferStatus | undefined {
  if (minor <= 0n) return 'amount-not-positive';
  return minor > maxMinor ? 'amount-too-large' : undefined;
}

function timeoutFault(timeoutMs: number | null): TransferStatus | undefined {
  if (timeoutMs === null) return undefined;
  const isRight = Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs;
  return isRight ? undefined : 'timeout-malformed';
}

function accountsFault(accounts: {
  readonly debitAccount: string;
  readonly creditAccount: string;
}): TransferStatus | undefined {
  return accounts.debitAccount === accounts.creditAccount ? 'accounts-equal' : undefined;
}

/** How a transfer compares with the one that was posted under its id. */
export function repeatStatus(
  transfer: TransferBody | ExpireHold,
  first: PostedTransfer,
): TransferStatus {
  if (transfer.kind !== first.kind) return 'exists-with-different-kind';
  const difference = bodyDifference(transfer, first);
  if (difference !== undefined) return difference;
  if (transfer.type !== first.type) return 'exists-with-different-type';
  if (transfer.reference !== first.reference) return 'exists-with-different-reference';
  if (instantMs(transfer.effectiveAt) !== instantMs(first.effectiveAt)) {
    return 'exists-with-different-effective-at';
  }
  return 'exists';
}

function bodyDifference(
  transfer: TransferBody | ExpireHold,
  first: PostedTransfer,
): TransferStatus | undefined {
  switch (transfer.kind) {
    case 'direct':
    case 'hold':
      return accountsDifference(transfer, first);
    case 'reversal':
      if (transfer.originalId !== first.originalId) return 'exists-with-different-original';
      return askedDifference(transfer.amount, first);
    case 'post-hold':
      if (transfer.holdId !== first.originalId) return 'exists-with-different-hold';
      return askedDifference(transfer.amount, first);
    case 'void-hold':
    case 'expire-hold':
      return transfer.holdId === first.originalId ? undefined : 'exists-with-different-hold';
  }
}

function accountsDifference(
  transfer: Extract<TransferBody, { kind: 'direct' | 'hold' }>,
  first: PostedTransfer,
): TransferStatus | undefined {
  if (transfer.debitAccount !== first.debitAccount) return 'exists-with-different-debit-account';
  if (transfer.creditAccount !== first.creditAccount) return 'exists-with-different-credit-account';
  const different = askedDifference(transfer.amount, first);
  if (different !== undefined) return different;
  if ((transfer.balancing ?? null) !== first.balancing) return 'exists-with-different-balancing';
  const timeoutMs = transfer.kind === 'hold' ? transfer.timeoutMs : null;
  return timeoutMs === first.timeoutMs ? undefined : 'exists-with-different-timeout';
}

function askedDifference(
  amount: Money | null,
  { askedMinor, amount: { currency } }: PostedTransfer,
): TransferStatus | undefined {
  const isSame =
    amount === null
      ? askedMinor === null
      : amount.minor === askedMinor && amount.currency === currency;
  return isSame ? undefined : 'exists-with-different-amount';
}

/** All that a request says, as one text: two requests are the same when their texts are. */
export function bodyText(transfer: TransferBody | ExpireHold): string {
  const { kind, type, reference, effectiveAt } = transfer;
  return JSON.stringify([kind, ...partOf(transfer), type, reference, instantMs(effectiveAt)]);
}

function partOf(transfer: TransferBody | ExpireHold): readonly (string | number | null)[] {
  switch (transfer.kind) {
    case 'direct':
    case 'hold':
      return [
        transfer.debitAccount,
        transfer.creditAccount,
        transfer.amount.minor.toString(),
        transfer.amount.currency,
        transfer.balancing ?? null,
        transfer.kind === 'hold' ? transfer.timeoutMs : null,
      ];
    case 'reversal':
      return [transfer.originalId, ...amountParts(transfer.amount)];
    case 'post-hold':
      return [transfer.holdId, ...amountParts(transfer.amount)];
    case 'void-hold':
    case 'expire-hold':
      return [transfer.holdId];
  }
}

function amountParts(amount: Money | null): readonly (string | null)[] {
  return [amount?.minor.toString() ?? null, amount?.currency ?? null];
}
