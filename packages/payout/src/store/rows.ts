import type { Queryable } from '@sluice/database';
import { money } from '@sluice/money';
import type { Attempt, Payout } from '../domain/payout.ts';
import { publicStatus, type PayoutState } from '../domain/payout-state.ts';

/** A row of `payout.payout`. */
export interface PayoutRow {
  readonly id: string;
  readonly seller_id: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly creditor_account: string;
  readonly creditor_name: string;
  readonly rail: string;
  readonly remittance: string;
  readonly state: PayoutState;
  readonly created_at: Date;
  readonly changed_at: Date;
}

/** A row of `payout.attempt`. */
export interface AttemptRow {
  readonly payout_id: string;
  readonly number: number;
  readonly attempt_key: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly submissions: number;
  readonly rejected: boolean;
  readonly bank_reference: string | null;
  readonly booked_on: string | null;
  readonly returnable_until: string | null;
  readonly returned_on: string | null;
  readonly reason_code: string | null;
  readonly started_at: Date;
}

export const payoutColumns = `id, seller_id, amount_minor, currency, creditor_account,
  creditor_name, rail, remittance, state, created_at, changed_at`;

const attemptColumns = `payout_id, number, attempt_key, amount_minor, currency, submissions,
  rejected, bank_reference, booked_on, returnable_until, returned_on, reason_code, started_at`;

function toAttempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    attemptKey: row.attempt_key,
    amount: money(row.amount_minor, row.currency),
    submissions: row.submissions,
    rejected: row.rejected,
    bankReference: row.bank_reference,
    bookedOn: row.booked_on,
    returnableUntil: row.returnable_until,
    returnedOn: row.returned_on,
    reasonCode: row.reason_code,
    startedAt: row.started_at,
  };
}

function toPayout(row: PayoutRow, attempts: readonly Attempt[]): Payout {
  return {
    id: row.id,
    sellerId: row.seller_id,
    amount: money(row.amount_minor, row.currency),
    creditor: { account: row.creditor_account, name: row.creditor_name },
    rail: row.rail,
    remittance: row.remittance,
    state: row.state,
    status: publicStatus(row.state),
    attempts,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

/** Payouts from their rows, with their attempts, which are read in one statement for all. */
export async function withAttempts(
  queryable: Queryable,
  rows: readonly PayoutRow[],
): Promise<readonly Payout[]> {
  const attempts = await queryable.query<AttemptRow>(
    `select ${attemptColumns} from payout.attempt where payout_id = any($1)
     order by payout_id, number`,
    [rows.map(({ id }) => id)],
  );
  const byPayout = Map.groupBy(attempts, ({ payout_id }) => payout_id);
  return rows.map((row) => toPayout(row, (byPayout.get(row.id) ?? []).map(toAttempt)));
}
