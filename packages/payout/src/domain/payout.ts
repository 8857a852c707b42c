import { refuse, type Money, type Refusal } from '@sluice/money';
import type { PayoutEvent, PayoutState, PayoutStatus } from './payout-state.ts';
import type { PaymentInstruction, RailAnswer } from './rail.ts';

/** Who is paid, where. */
export interface Creditor {
  /** IBAN, or an account of the sandbox such as `SBX-367`. */
  readonly account: string;
  readonly name: string;
}

/** A payout to be made: what its id stands for, for ever. */
export interface NewPayout {
  /** Business key: 1 to 80 of `A-Z a-z 0-9 . _ : / @ -`. */
  readonly id: string;
  readonly sellerId: string;
  /** More than zero. */
  readonly amount: Money;
  readonly creditor: Creditor;
  /** The name of the {@link Rail} that sends it. */
  readonly rail: string;
  /** The text that the seller reads on the bank statement, at most 140 characters. */
  readonly remittance: string;
}

/** One try at the bank under a key of its own. Bank facts are null until the bank told them. */
export interface Attempt {
  readonly number: number;
  readonly attemptKey: string;
  readonly amount: Money;
  /** How often it was sent under its key: more than once only after a `not-found`. */
  readonly submissions: number;
  /** A definite no: the key is closed, and another attempt may be made. */
  readonly rejected: boolean;
  readonly bankReference: string | null;
  readonly bookedOn: string | null;
  readonly returnableUntil: string | null;
  readonly returnedOn: string | null;
  /** ISO 20022 code of a rejection or a return. */
  readonly reasonCode: string | null;
  readonly startedAt: Date;
}

/** A payout as stored. */
export interface Payout extends NewPayout {
  readonly state: PayoutState;
  readonly status: PayoutStatus;
  /** In the order they were made; the last is the one that counts. */
  readonly attempts: readonly Attempt[];
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** One line of a payout's history; never changed. */
export interface Transition {
  /** 1, 2, 3, ... within the payout. */
  readonly number: number;
  /** Null for the first, which creates the payout. */
  readonly from: PayoutState | null;
  readonly to: PayoutState;
  readonly event: PayoutEvent | 'create';
  /** The attempt it is about; null when it is about none. */
  readonly attempt: number | null;
  readonly reason: string;
  /** What the bank said, when it was the bank who moved it. */
  readonly answer: RailAnswer | null;
  readonly workflowId: string;
  readonly recordedAt: Date;
}

/** The bank's idempotency key of one attempt. */
export function attemptKeyOf(payoutId: string, number: number): string {
  return `${payoutId}:${number}`;
}

/** What the bank is told about an attempt: equal for every submission of it. */
export function instructionOf(payout: NewPayout, attemptKey: string): PaymentInstruction {
  const { sellerId, amount, creditor, remittance } = payout;
  const { account, name } = creditor;
  return { attemptKey, amount, creditor: { sellerId, account, name }, remittance };
}

const idPattern = /^[A-Za-z0-9._:/@-]{1,80}$/;
const controlPattern = /\p{Cc}/u;
const maxMinor = 2n ** 63n - 1n;

function textFault(text: string, maxLength: number): string | undefined {
  if (text.trim() === '') return 'is empty';
  if (text.length > maxLength) return `is longer than ${maxLength} characters`;
  return controlPattern.test(text) ? 'holds a control character' : undefined;
}

/** Refuses what no bank should be asked to pay: `PAYOUT_INVALID`, naming the field. */
export function checkNewPayout(payout: NewPayout): Refusal | undefined {
  const { id, sellerId, amount, creditor, rail, remittance } = payout;
  const faults: Readonly<Record<string, string | undefined>> = {
    id: idPattern.test(id) ? undefined : 'must be 1 to 80 of A-Z a-z 0-9 . _ : / @ -',
    sellerId: textFault(sellerId, 80),
    amount: amount.minor > 0n && amount.minor <= maxMinor ? undefined : 'must be more than zero',
    'creditor.account': textFault(creditor.account, 34),
    'creditor.name': textFault(creditor.name, 140),
    rail: textFault(rail, 40),
    remittance: textFault(remittance, 140),
  };
  const field = Object.keys(faults).find((name) => faults[name] !== undefined);
  if (field === undefined) return undefined;
  return refuse('PAYOUT_INVALID', `payout "${id}": ${field} ${faults[field] ?? ''}; correct it`, {
    payoutId: id,
    field,
  });
}
