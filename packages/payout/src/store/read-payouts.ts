import type { Queryable } from '@sluice/database';
import type { Payout, Transition } from '../domain/payout.ts';
import {
  payoutStates,
  statesOf,
  type PayoutState,
  type PayoutStatus,
} from '../domain/payout-state.ts';
import { payoutColumns, withAttempts, type PayoutRow } from './rows.ts';

/** One payout with its attempts; undefined when there is none of this id. */
export async function readPayout(queryable: Queryable, id: string): Promise<Payout | undefined> {
  const rows = await queryable.query<PayoutRow>(
    `select ${payoutColumns} from payout.payout where id = $1`,
    [id],
  );
  return (await withAttempts(queryable, rows))[0];
}

/** Which of some payouts there are. */
export async function readPayoutIds(
  queryable: Queryable,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await queryable.query<{ id: string }>(
    'select id from payout.payout where id = any($1)',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The newest payouts first, at most `limit`; of one public status when it is given. */
export async function listPayouts(
  queryable: Queryable,
  { status, limit }: { readonly status?: PayoutStatus; readonly limit: number },
): Promise<readonly Payout[]> {
  const rows = await queryable.query<PayoutRow>(
    `select ${payoutColumns} from payout.payout where state = any($1)
     order by created_at desc, id desc limit $2`,
    [status === undefined ? payoutStates : statesOf(status), limit],
  );
  return withAttempts(queryable, rows);
}

/** All payouts of a seller, oldest first. */
export async function readSellerPayouts(
  queryable: Queryable,
  sellerId: string,
): Promise<readonly Payout[]> {
  const rows = await queryable.query<PayoutRow>(
    `select ${payoutColumns} from payout.payout where seller_id = $1 order by created_at, id`,
    [sellerId],
  );
  return withAttempts(queryable, rows);
}

/** How many payouts stand in each state; every state is named. */
export async function countPayouts(
  queryable: Queryable,
): Promise<Readonly<Record<PayoutState, number>>> {
  const rows = await queryable.query<{ state: PayoutState; n: bigint }>(
    'select state, count(*) as n from payout.payout group by state',
  );
  const counts = new Map(rows.map(({ state, n }) => [state, Number(n)]));
  return Object.fromEntries(payoutStates.map((state) => [state, counts.get(state) ?? 0])) as Record<
    PayoutState,
    number
  >;
}

/** How many payouts were in doubt once, and are not any more: their bank was asked and told. */
export async function countResolvedUnknowns(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ n: number }>(
    `select count(distinct payout.id)::integer as n from payout.payout
     join payout.transition on transition.payout_id = payout.id
     where transition.to_state = 'unknown' and payout.state <> 'unknown'`,
  );
  return row?.n ?? 0;
}

interface TransitionRow {
  readonly number: number;
  readonly from_state: PayoutState | null;
  readonly to_state: PayoutState;
  readonly event: Transition['event'];
  readonly attempt: number | null;
  readonly reason: string;
  readonly answer: Transition['answer'];
  readonly workflow_id: string;
  readonly recorded_at: Date;
}

/** The whole history of one payout, in order; empty when there is no such payout. */
export async function readTransitions(
  queryable: Queryable,
  id: string,
): Promise<readonly Transition[]> {
  const rows = await queryable.query<TransitionRow>(
    `select number, from_state, to_state, event, attempt, reason, answer, workflow_id, recorded_at
     from payout.transition where payout_id = $1 order by number`,
    [id],
  );
  return rows.map((row) => ({
    number: row.number,
    from: row.from_state,
    to: row.to_state,
    event: row.event,
    attempt: row.attempt,
    reason: row.reason,
    answer: row.answer,
    workflowId: row.workflow_id,
    recordedAt: row.recorded_at,
  }));
}
