import { fromWire, isRefusal, type Money } from '@sluice/money';
import { z } from 'zod';
import { isAccount } from './account.ts';

const text = (maxLength: number): z.ZodString => z.string().trim().min(1).max(maxLength);

/** The body of `POST /payments`. Amounts and accounts are judged apart, with the bank's codes. */
export const paymentRequestSchema = z.strictObject({
  amount: z.strictObject({ amount: z.string().max(40), currency: z.string().max(10) }),
  creditor: z.strictObject({ id: text(80), account: z.string().max(80), name: text(140) }),
  remittance: text(140),
});
export type PaymentRequest = z.infer<typeof paymentRequestSchema>;

/** What became of a payment: `final` is settled and past its return window. */
export type PaymentStatus = 'settled' | 'final' | 'returned' | 'rejected';

/** A payment as the bank shows it. Absent fields do not apply to its status. */
export interface Payment extends PaymentRequest {
  readonly key: string;
  readonly status: PaymentStatus;
  readonly bankReference?: string;
  /** Business dates of the bank, `YYYY-MM-DD`. */
  readonly bookedOn?: string;
  readonly returnableUntil?: string;
  readonly returnedOn?: string;
  /** ISO 20022 external code of a rejection or a return. */
  readonly reasonCode?: string;
  readonly message?: string;
}

/** A definite no, by ISO 20022 external code. */
export interface Rejection {
  readonly reasonCode: string;
  readonly message: string;
}

const maxMinor = 2n ** 63n - 1n;

/** The money to pay, or why the bank will not: AC01, AM01, AM02, AM03 or AM12. */
export function judge({ amount, creditor }: PaymentRequest): Money | Rejection {
  const parsed = fromWire(amount);
  if (isRefusal(parsed)) {
    const reasonCode = parsed.code === 'CURRENCY_UNKNOWN' ? 'AM03' : 'AM12';
    return { reasonCode, message: parsed.message };
  }
  if (parsed.minor === 0n) return { reasonCode: 'AM01', message: 'the amount is zero' };
  if (parsed.minor < 0n) return { reasonCode: 'AM12', message: 'the amount is below zero' };
  if (parsed.minor > maxMinor) {
    return { reasonCode: 'AM02', message: 'the amount is more than this bank can book' };
  }
  if (isAccount(creditor.account)) return parsed;
  const message = `"${creditor.account}" is no account: expected SBX-... or a valid IBAN`;
  return { reasonCode: 'AC01', message };
}
