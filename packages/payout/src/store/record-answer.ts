import type { Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { describeAnswer, type RailAnswer } from '../domain/rail.ts';
import { lockPayout, moved, recorded, type Recorded } from './record-transition.ts';

export interface RecordAnswerInput {
  readonly attemptKey: string;
  /** What `rail.submit` or `rail.query` gave. */
  readonly answer: RailAnswer;
  readonly workflowId: string;
}

interface AttemptState {
  readonly payout_id: string;
  readonly number: number;
  readonly rejected: boolean;
}

/**
 * Records what the bank said about an attempt. Locks the payout until the transaction ends, so
 * ledger bookings in the same transaction happen once: book when `changed` is true, by `from` and
 * `to`. Note that an answer may skip states: `unknown` to `final` or `returned` is both a
 * settlement and what came after it. Safe to repeat: then `changed` is false.
 *
 * @returns what it did, or the refusal `ATTEMPT_UNKNOWN`, or `PAYOUT_STATE_CONFLICT` when the bank
 *   contradicts what it said before; that one is for a person to look at.
 */
export async function recordAnswer(
  tx: Tx,
  { attemptKey, answer, workflowId }: RecordAnswerInput,
): Promise<Recorded | Refusal> {
  const payoutId = await findPayout(tx, attemptKey);
  if (payoutId === undefined) return attemptUnknown(attemptKey);
  const payout = await lockPayout(tx, payoutId);
  if (isRefusal(payout)) return payout;
  // Read after the lock: another answer may have come first.
  const attempt = await readAttempt(tx, attemptKey);
  // A rejected attempt is closed, wherever its payout went since: its own state is `rejected`.
  const to = moved(payoutId, attempt.rejected ? 'rejected' : payout.state, answer.kind);
  if (isRefusal(to)) return to;
  const from = payout.state;
  const step = { id: payoutId, from, event: answer.kind, attempt: attempt.number, workflowId };
  const reason = describeAnswer(answer);
  if (attempt.rejected) return recorded(tx, { ...step, to: from, reason, answer });
  if (from !== to) await writeFacts(tx, attemptKey, answer);
  return recorded(tx, { ...step, to, reason, answer });
}

async function findPayout(tx: Tx, attemptKey: string): Promise<string | undefined> {
  const [row] = await tx.query<{ payout_id: string }>(
    'select payout_id from payout.attempt where attempt_key = $1',
    [attemptKey],
  );
  return row?.payout_id;
}

function attemptUnknown(attemptKey: string): Refusal {
  return refuse(
    'ATTEMPT_UNKNOWN',
    `there is no attempt "${attemptKey}": startAttempt gives the key, before the bank is called`,
    { attemptKey },
  );
}

async function readAttempt(tx: Tx, attemptKey: string): Promise<AttemptState> {
  const [row] = await tx.query<AttemptState>(
    'select payout_id, number, rejected from payout.attempt where attempt_key = $1',
    [attemptKey],
  );
  if (row === undefined) throw new Error(`attempt "${attemptKey}" was found and is gone`);
  return row;
}

/** Adds what the answer tells; what it does not tell stays as it was. */
async function writeFacts(tx: Tx, attemptKey: string, answer: RailAnswer): Promise<void> {
  await tx.query(
    `update payout.attempt set
       rejected = $2,
       bank_reference = coalesce($3, bank_reference),
       booked_on = coalesce($4::date, booked_on),
       returnable_until = coalesce($5::date, returnable_until),
       returned_on = coalesce($6::date, returned_on),
       reason_code = coalesce($7, reason_code)
     where attempt_key = $1`,
    [
      attemptKey,
      answer.kind === 'rejected',
      'bankReference' in answer ? answer.bankReference : null,
      'bookedOn' in answer ? answer.bookedOn : null,
      'returnableUntil' in answer ? answer.returnableUntil : null,
      'returnedOn' in answer ? answer.returnedOn : null,
      'reasonCode' in answer ? answer.reasonCode : null,
    ],
  );
}
