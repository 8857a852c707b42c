/** A transfer with everything that is stored of it: what a seal vouches for. */
export interface SealedTransfer {
  readonly id: string;
  /** Nanoseconds since 1970. */
  readonly recordedNs: bigint;
  readonly kind: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** Of the debit account. */
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly askedMinor: bigint | null;
  readonly balancing: string | null;
  readonly timeoutMs: bigint | null;
  /** The hold it resolves, the transfer it reverses. */
  readonly originalId: string | null;
  /** This and the next three: right after the transfer. */
  readonly debitBalanceMinor: bigint;
  readonly creditBalanceMinor: bigint;
  readonly debitHeldMinor: bigint | null;
  readonly creditHeldMinor: bigint | null;
  /** ISO 8601 in UTC, to the microsecond. */
  readonly effectiveAt: string;
  readonly type: string;
  readonly reference: string;
}

/** SHA-256 of bytes, or of a text's UTF-8, as 64 hex digits; the domain has none of its own. */
export type Sha256 = (data: string | Uint8Array) => string;

/** How the line of a transfer begins. */
export const transferPrefix = '{"transfer":';

/**
 * The one line that stands for a transfer: JSON with every field in a fixed order, whole numbers as
 * text, its line feed included. An export holds these very bytes, and their SHA-256 is sealed.
 */
export function transferLine(transfer: SealedTransfer): string {
  return `${JSON.stringify({
    transfer: transfer.id,
    recordedNs: transfer.recordedNs.toString(),
    kind: transfer.kind,
    debitAccount: transfer.debitAccount,
    creditAccount: transfer.creditAccount,
    currency: transfer.currency,
    amountMinor: transfer.amountMinor.toString(),
    askedMinor: textOf(transfer.askedMinor),
    balancing: transfer.balancing,
    timeoutMs: textOf(transfer.timeoutMs),
    originalId: transfer.originalId,
    debitBalanceMinor: transfer.debitBalanceMinor.toString(),
    creditBalanceMinor: transfer.creditBalanceMinor.toString(),
    debitHeldMinor: textOf(transfer.debitHeldMinor),
    creditHeldMinor: textOf(transfer.creditHeldMinor),
    effectiveAt: transfer.effectiveAt,
    type: transfer.type,
    reference: transfer.reference,
  })}\n`;
}

function textOf(value: bigint | null): string | null {
  return value === null ? null : value.toString();
}
