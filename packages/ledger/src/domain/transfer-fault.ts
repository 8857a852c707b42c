import { maxMinor } from './account.ts';
import { instantMs } from './instant.ts';
import type { TransferStatus } from './transfer-status.ts';
import type { PostedTransfer, TransferBody } from './transfer.ts';

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Lone surrogates would be stored as something else, and control characters hide in a report. */
const labelPattern = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** Whether a text is a UUID in the form that the ledger keeps. */
export function isTransferId(text: string): boolean {
  return idPattern.test(text);
}

/** Whether a text can be a transfer's type or reference. */
export function isLabel(text: string): boolean {
  return labelPattern.test(text);
}

/** What is wrong with a transfer whatever the state, in the order of precedence. */
export function requestFault(transfer: TransferBody): TransferStatus | undefined {
  if (!isTransferId(transfer.id)) return 'id-malformed';
  if (instantMs(transfer.effectiveAt) === undefined) return 'effective-at-malformed';
  if (!isLabel(transfer.type)) return 'type-malformed';
  if (!isLabel(transfer.reference)) return 'reference-malformed';
  if (transfer.amount.minor <= 0n) return 'amount-not-positive';
  if (transfer.amount.minor > maxMinor) return 'amount-too-large';
  if (transfer.debitAccount === transfer.creditAccount) return 'accounts-equal';
  return undefined;
}

/** How a transfer compares with the one that was posted under its id. */
export function repeatStatus(
  transfer: TransferBody,
  { transfer: first }: PostedTransfer,
): TransferStatus {
  if (transfer.debitAccount !== first.debitAccount) return 'exists-with-different-debit-account';
  if (transfer.creditAccount !== first.creditAccount) return 'exists-with-different-credit-account';
  const { amount } = transfer;
  if (amount.minor !== first.amount.minor || amount.currency !== first.amount.currency) {
    return 'exists-with-different-amount';
  }
  if (transfer.type !== first.type) return 'exists-with-different-type';
  if (transfer.reference !== first.reference) return 'exists-with-different-reference';
  if (instantMs(transfer.effectiveAt) !== instantMs(first.effectiveAt)) {
    return 'exists-with-different-effective-at';
  }
  return 'exists';
}
