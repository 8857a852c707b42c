import { createHash } from 'node:crypto';
import { fromWire, isRefusal, type Money, type WireMoney } from '@sluice/money';
import { z } from 'zod';

const text = (maxLength: number): z.ZodString => z.string().trim().min(1).max(maxLength);

const entrySchema = z.strictObject({
  key: text(120),
  debit: text(200),
  credit: text(200),
  amount: z.strictObject({ amount: z.string().max(40), currency: z.string().max(10) }),
  bookedOn: z.iso.date(),
  ruleSet: text(200),
  ruleSetVersion: z.int().min(1),
  transfers: z.int().min(1),
});

/** The body of `POST /batches`. Amounts and accounts are judged apart, with codes of their own. */
export const batchRequestSchema = z.strictObject({
  institution: text(100),
  rule: text(100),
  entries: z.array(entrySchema).min(1).max(200_000),
});
export type BatchRequest = z.infer<typeof batchRequestSchema>;

/** An entry whose amount was read. */
export interface BookableEntry extends Omit<BatchRequest['entries'][number], 'amount'> {
  readonly money: Money;
}

/** A batch in the books. */
export interface BookedBatch {
  readonly key: string;
  readonly receipt: string;
  readonly institution: string;
  readonly rule: string;
  /** How many. */
  readonly entries: number;
  /** ISO 8601. */
  readonly receivedAt: string;
}

/** An entry in the books. */
export interface BookedEntry {
  readonly key: string;
  readonly batch: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: WireMoney;
  readonly bookedOn: string;
  readonly ruleSet: string;
  readonly ruleSetVersion: number;
  readonly transfers: number;
}

/** A definite no, by a stable code. */
export interface Rejection {
  readonly code: string;
  readonly detail: string;
}

const maxMinor = 2n ** 63n - 1n;

/** Reads the amounts, or says which entry cannot be booked, and why: `ENTRY_INVALID`. */
export function judge({ entries }: BatchRequest): readonly BookableEntry[] | Rejection {
  const bookable: BookableEntry[] = [];
  for (const { amount, ...entry } of entries) {
    const money = fromWire(amount);
    const fault = isRefusal(money) ? money.message : faultOf(entry, money);
    if (fault !== null || isRefusal(money)) {
      return { code: 'ENTRY_INVALID', detail: `entry ${entry.key}: ${fault}` };
    }
    bookable.push({ ...entry, money });
  }
  return bookable;
}

function faultOf(
  { debit, credit }: Pick<BookableEntry, 'debit' | 'credit'>,
  { minor }: Money,
): string | null {
  if (minor <= 0n) return 'the amount is not above zero';
  if (minor > maxMinor) return 'the amount is more than these books can hold';
  return debit === credit ? 'debit and credit are the same account' : null;
}

/** The same for the same request: its fields always come in the order of the schema. */
export function hashOf(request: BatchRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
