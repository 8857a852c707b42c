import type { Tx } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { attemptKeyOf, instructionOf, type Attempt, type Payout } from '../domain/payout.ts';
import type { PayoutState } from '../domain/payout-state.ts';
import type { PaymentInstruction } from '../domain/rail.ts';
import { lockPayout, moved, recorded } from './record-transition.ts';
import { withAttempts } from './rows.ts';

export interface StartAttemptInput {
  readonly id: string;
  readonly workflowId: string;
}

/** Whether to call the bank, and with what. */
export interface StartedAttempt {
  /**
   * True for the one caller whose transaction wrote the SENT record: after its commit, and only
   * then, it calls the bank once. False: somebody may have called already, so query.
   */
  readonly send: boolean;
  readonly instruction: PaymentInstruction;
}

/** A submission may have left in these states: the attempt exists, and a query tells. */
const sentStates: ReadonlySet<PayoutState> = new Set([
  'submitting',
  'unknown',
  'submitted',
  'settled',
  'final',
]);

/**
 * Writes the SENT record: the attempt, and the state `submitting`. It must be committed before the
 * bank is called; a crash in between then leaves `submitting`, which is resolved by a query.
 * After the bank said `not-found` the same attempt is sent again under the same key, so that even
 * a request that is still on its way cannot become a second payment. Only a rejection closes a key;
 * a retry after it makes the next attempt.
 *
 * @returns whether to call the bank and with what, or the refusal `PAYOUT_UNKNOWN` or
 *   `PAYOUT_STATE_CONFLICT` (the money is not reserved).
 */
export async function startAttempt(
  tx: Tx,
  { id, workflowId }: StartAttemptInput,
): Promise<StartedAttempt | Refusal> {
  const row = await lockPayout(tx, id);
  if (isRefusal(row)) return row;
  const [payout] = await withAttempts(tx, [row]);
  if (payout === undefined) throw new Error(`payout "${id}" was locked and is gone`);
  const live = payout.attempts.find(({ rejected }) => !rejected);
  if (sentStates.has(payout.state) && live !== undefined) {
    return { send: false, instruction: instructionOf(payout, live.attemptKey) };
  }
  const to = moved(id, payout.state, 'submit');
  if (isRefusal(to)) return to;
  const sent = live === undefined ? await insertAttempt(tx, payout) : await sendAgain(tx, id, live);
  await recorded(tx, {
    ...{ id, from: payout.state, to, event: 'submit', workflowId, answer: null },
    attempt: sent.number,
    reason: live === undefined ? `attempt ${sent.number}` : `attempt ${sent.number} sent again`,
  });
  return { send: true, instruction: instructionOf(payout, sent.attemptKey) };
}

type Sent = Pick<Attempt, 'number' | 'attemptKey'>;

async function insertAttempt(tx: Tx, payout: Payout): Promise<Sent> {
  const number = payout.attempts.length + 1;
  const attemptKey = attemptKeyOf(payout.id, number);
  await tx.query(
    `insert into payout.attempt (payout_id, number, attempt_key, amount_minor, currency)
     values ($1, $2, $3, $4, $5)`,
    [payout.id, number, attemptKey, payout.amount.minor, payout.amount.currency],
  );
  return { number, attemptKey };
}

async function sendAgain(tx: Tx, payoutId: string, attempt: Attempt): Promise<Sent> {
  await tx.query(
    `update payout.attempt set submissions = submissions + 1
     where payout_id = $1 and number = $2`,
    [payoutId, attempt.number],
  );
  return attempt;
}
