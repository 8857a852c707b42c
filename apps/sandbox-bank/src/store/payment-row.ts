import { formatAmount, money } from '@sluice/money';
import type { Payment, PaymentRequest, PaymentStatus } from '../payment.ts';

/** A row of the bank's table `payment`. */
export interface PaymentRow {
  readonly seq: bigint;
  readonly key: string;
  readonly request: string;
  readonly status: PaymentStatus;
  readonly amount_minor: bigint | null;
  readonly currency: string | null;
  readonly bank_reference: string | null;
  readonly booked_on: string | null;
  readonly returnable_until: string | null;
  readonly returned_on: string | null;
  readonly reason_code: string | null;
  readonly message: string | null;
}

/**
 * A payment as it stands. The amount is shown from the books, not from the request; a rejected one
 * was never booked.
 */
export function paymentOf(row: PaymentRow): Payment {
  const request = JSON.parse(row.request) as PaymentRequest;
  const { amount_minor: minor, currency } = row;
  const amount =
    minor === null || currency === null
      ? request.amount
      : { amount: formatAmount(money(minor, currency)), currency };
  // The reason of a return that is still to come is nobody's business yet.
  const reasonCode = row.status === 'settled' ? null : row.reason_code;
  return {
    ...{ key: row.key, status: row.status, amount },
    ...{ creditor: request.creditor, remittance: request.remittance },
    ...present({ bankReference: row.bank_reference, bookedOn: row.booked_on }),
    ...present({ returnableUntil: row.returnable_until, returnedOn: row.returned_on }),
    ...present({ reasonCode, message: row.message }),
  };
}

/** What a repeated request is told: the answer it got the first time, whatever happened since. */
export function firstAnswerOf(row: PaymentRow): Payment {
  return paymentOf(
    row.status === 'rejected' ? row : { ...row, status: 'settled', returned_on: null },
  );
}

/** The fields that are there: JSON without nulls. */
function present<Name extends string>(
  fields: Readonly<Record<Name, string | null>>,
): Readonly<Partial<Record<Name, string>>> {
  const kept = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as Partial<Record<Name, string>>;
}
