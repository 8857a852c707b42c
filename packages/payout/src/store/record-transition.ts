import type { Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import type { Payout } from '../domain/payout.ts';
import {
  transition,
  type OwnEvent,
  type PayoutEvent,
  type PayoutState,
} from '../domain/payout-state.ts';
import type { RailAnswer } from '../domain/rail.ts';
import { readPayout } from './read-payouts.ts';
import { payoutColumns, type PayoutRow } from './rows.ts';

export interface RecordTransitionInput {
  readonly id: string;
  readonly event: OwnEvent;
  /** Why, in words, for whoever reads the history. */
  readonly reason: string;
  readonly workflowId: string;
}

/** What recording did. */
export interface Recorded {
  readonly from: PayoutState;
  readonly to: PayoutState;
  /** False when it said nothing new: nothing was written, and nothing is to be booked for it. */
  readonly changed: boolean;
  /** As it stands now, in this transaction. */
  readonly payout: Payout;
}

/**
 * Records a decision of ours: `reserve`, `lack-funds`, or `retry` (a rejected payout starts anew,
 * with its next attempt). Locks the payout until the transaction ends, so money that is put aside
 * in the same transaction is put aside once. Safe to repeat: then `changed` is false.
 *
 * @returns what it did, or the refusal `PAYOUT_UNKNOWN` or `PAYOUT_STATE_CONFLICT`.
 */
export async function recordTransition(
  tx: Tx,
  input: RecordTransitionInput,
): Promise<Recorded | Refusal> {
  const payout = await lockPayout(tx, input.id);
  if (isRefusal(payout)) return payout;
  const to = moved(input.id, payout.state, input.event);
  if (isRefusal(to)) return to;
  const { event, reason, workflowId } = input;
  const about = { attempt: null, answer: null };
  return recorded(tx, {
    id: input.id,
    from: payout.state,
    to,
    event,
    reason,
    workflowId,
    ...about,
  });
}

/** Locks a payout and reads it, or gives the refusal `PAYOUT_UNKNOWN`. */
export async function lockPayout(tx: Tx, id: string): Promise<PayoutRow | Refusal> {
  const [row] = await tx.query<PayoutRow>(
    `select ${payoutColumns} from payout.payout where id = $1 for update`,
    [id],
  );
  if (row !== undefined) return row;
  return refuse('PAYOUT_UNKNOWN', `there is no payout "${id}": create it first`, { payoutId: id });
}

/** {@link transition}, whose refusal names the payout. */
export function moved(
  payoutId: string,
  state: PayoutState,
  event: PayoutEvent,
): PayoutState | Refusal {
  const to = transition(state, event);
  if (!isRefusal(to)) return to;
  const message = `payout "${payoutId}": ${to.message}`;
  return refuse(to.code, message, { payoutId, ...to.details });
}

/** One change of state of a locked payout. */
export interface Step {
  readonly id: string;
  readonly from: PayoutState;
  readonly to: PayoutState;
  readonly event: PayoutEvent;
  readonly attempt: number | null;
  readonly reason: string;
  readonly answer: RailAnswer | null;
  readonly workflowId: string;
}

/** Writes a step of a locked payout; one that changes no state leaves no row. */
export async function recorded(tx: Tx, step: Step): Promise<Recorded> {
  const changed = step.from !== step.to;
  if (changed) await writeStep(tx, step);
  const payout = await readPayout(tx, step.id);
  if (payout === undefined) throw new Error(`payout "${step.id}" was locked and is gone`);
  return { from: step.from, to: step.to, changed, payout };
}

async function writeStep(tx: Tx, step: Step): Promise<void> {
  const { id, from, to, event, attempt, reason, answer, workflowId } = step;
  const rows = await tx.query(
    `with moved as (
       update payout.payout set state = $3, version = version + 1, changed_at = now()
       where id = $1 and state = $2
       returning version
     )
     insert into payout.transition
       (payout_id, number, from_state, to_state, event, attempt, reason, answer, workflow_id)
     select $1, version, $2, $3, $4, $5, $6, $7, $8 from moved
     returning number`,
    [id, from, to, event, attempt, reason, answer && JSON.stringify(answer), workflowId],
  );
  if (rows.length !== 1) throw new Error(`payout "${id}" left ${from} while it was locked`);
}
