import { withTransaction, type Database } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { recordRedemptions, type Redemption } from '@sluice/pool';
import type { ReadRow } from './read-redemptions.ts';

/** How many rows are recorded in one transaction. */
const rowsPerTransaction = 2_000;
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

/**
 * Records redemptions: each is durable before it counts, good rows go through, bad ones are told,
 * and rows that were recorded before change nothing.
 */
export async function takeIn(
  database: Database,
  target: { readonly poolId: string; readonly batchId: string },
  rows: AsyncIterable<ReadRow>,
  onRows: (rows: number) => void = () => undefined,
): Promise<Intake> {
  let intake: Intake = { rows: 0, recorded: 0, known: 0, refused: 0, refusals: [] };
  let waiting: { readonly line: number; readonly redemption: Redemption }[] = [];
  const refuseRow = (refusal: Refusal): void => {
    intake = {
      ...intake,
      refused: intake.refused + 1,
      refusals:
        intake.refusals.length < toldRefusals ? [...intake.refusals, refusal] : intake.refusals,
    };
  };
  const flush = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const redemptions = batch.map(({ redemption }) => redemption);
    const answers = await withTransaction(database, (tx) =>
      recordRedemptions(tx, { ...target, redemptions }),
    );
    answers.forEach((answer, index) => {
      if (isRefusal(answer)) return refuseRow(atLine(answer, batch[index]?.line ?? 0));
      const field = answer === 'recorded' ? 'recorded' : 'known';
      intake = { ...intake, [field]: intake[field] + 1 };
    });
    onRows(intake.rows);
  };
  for await (const { line, row } of rows) {
    intake = { ...intake, rows: intake.rows + 1 };
    if (isRefusal(row)) refuseRow(row);
    else waiting.push({ line, redemption: row });
    if (waiting.length === rowsPerTransaction) await flush();
  }
  if (waiting.length > 0) await flush();
  return intake;
}

function atLine(refusal: Refusal, line: number): Refusal {
  return {
    ...refusal,
    message: `line ${line}: ${refusal.message}`,
    details: { ...refusal.details, line },
  };
}
