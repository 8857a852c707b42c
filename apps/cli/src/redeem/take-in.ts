import { withTransaction, type Database } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { recordRedemptions, type Redemption } from '@sluice/pool';
import type { ReadRow } from './read-redemptions.ts';

/** How many rows are recorded in one transaction. */
const rowsPerTransaction = 1_000;
/** How many refused rows are told; the rest is counted. */
const toldRefusals = 20;

/** What became of the rows of a file at the door. */
export interface Intake {
  readonly rows: number;
  readonly recorded: number;
  /** Recorded before, with the same content. */
  readonly known: number;
  readonly refused: number;
  /** The first of the refused. */
  readonly refusals: readonly Refusal[];
}

/** Where redemptions are recorded, and who hears how far it is. */
export interface IntakeTarget {
  readonly poolId: string;
  readonly batchId: string;
  readonly onRows?: (rows: number) => void;
  /** Aborted between two transactions; its reason is thrown then. */
  readonly signal?: AbortSignal;
}

type Accepted = ReadRow & { readonly row: Redemption };

/**
 * Records redemptions: each is durable before it counts, good rows go through, bad ones are told,
 * and rows that were recorded before change nothing.
 */
export async function takeIn(
  database: Database,
  target: IntakeTarget,
  batches: AsyncIterable<readonly ReadRow[]> | Iterable<readonly ReadRow[]>,
): Promise<Intake> {
  const intake = { rows: 0, recorded: 0, known: 0, refused: 0, refusals: [] as Refusal[] };
  let waiting: Accepted[] = [];
  const refuseRow = (refusal: Refusal): void => {
    intake.refused += 1;
    if (intake.refusals.length < toldRefusals) intake.refusals.push(refusal);
  };
  const record = async (rows: readonly Accepted[]): Promise<void> => {
    target.signal?.throwIfAborted();
    const { poolId, batchId } = target;
    const redemptions = rows.map(({ row }) => row);
    const answers = await withTransaction(database, (tx) =>
      recordRedemptions(tx, { poolId, batchId, redemptions }),
    );
    answers.forEach((answer, index) => {
      if (isRefusal(answer)) refuseRow(atLine(answer, rows[index]?.line ?? 0));
      else intake[answer === 'recorded' ? 'recorded' : 'known'] += 1;
    });
    target.onRows?.(intake.rows);
  };
  for await (const rows of batches) {
    intake.rows += rows.length;
    for (const { line, row } of rows) {
      if (isRefusal(row)) refuseRow(row);
      else waiting.push({ line, row });
    }
    while (waiting.length >= rowsPerTransaction) {
      await record(waiting.slice(0, rowsPerTransaction));
      waiting = waiting.slice(rowsPerTransaction);
    }
  }
  if (waiting.length > 0) await record(waiting);
  intake.refusals.sort((left, right) => lineOf(left) - lineOf(right));
  return intake;
}

function lineOf({ details: { line } }: Refusal): number {
  return typeof line === 'number' ? line : 0;
}

/** Names of the pool package, as columns. */
const columns: Readonly<Record<string, string>> = {
  id: 'redemption_id',
  sellerId: 'seller_id',
  userId: 'user_id',
  productId: 'product_id',
  brandId: 'brand_id',
  redeemedAt: 'redeemed_at',
  paidMinor: 'paid',
  couponValueMinor: 'coupon_value',
  loyaltyDiscountMinor: 'loyalty_discount',
  recordedMatchMinor: 'recorded_match',
  tillDecision: 'till_decision',
};

/** The same refusal, told in the words of the file. */
function atLine(refusal: Refusal, line: number): Refusal {
  const { field, found, expected } = refusal.details;
  if (typeof field !== 'string') {
    const message = `line ${line}: ${refusal.message}`;
    return { ...refusal, message, details: { ...refusal.details, line } };
  }
  const column = columns[field] ?? field;
  return {
    ...refusal,
    message: `line ${line}: ${column} is "${String(found)}", expected ${String(expected)}`,
    details: { ...refusal.details, field: column, line },
  };
}
