import type { Queryable } from '@sluice/database';
import type { TransferKind } from '../domain/transfer.ts';

/** By which time a statement is ordered. */
export type StatementOrder = 'recorded' | 'effective';

/** A place in the order: by time, then, among lines of one effective time, by when recorded. */
export interface Place {
  readonly position: bigint;
  readonly recordedNs: bigint;
}

/** Lines strictly between these places. */
export interface Bounds {
  readonly above: Place;
  readonly below: Place;
}

/** A line as it is stored, with its place. */
export interface LineRow {
  readonly position: bigint;
  readonly recorded_ns: bigint;
  readonly id: string;
  readonly kind: TransferKind;
  readonly other_account: string;
  readonly type: string;
  readonly reference: string;
  readonly amount_minor: bigint;
  readonly balance_minor: bigint;
  readonly effective_at: Date;
}

const moves = `kind in ('direct', 'post-hold', 'reversal')`;

/** Each side is read from its own index, already in order, and no further than the page needs. */
const recordedSide = (
  side: 'debit' | 'credit',
  other: 'debit' | 'credit',
  sign: '-' | '',
  direction: 'asc' | 'desc',
): string => `(
  select recorded_ns as position, recorded_ns, id, kind, ${other}_account_id as other_account_id,
    type, reference, ${sign}amount_minor as amount_minor, ${side}_balance_minor as balance_minor,
    effective_at
  from ledger.transfer
  where ${side}_account_id = $1 and recorded_ns > $2 and recorded_ns < $3 and ${moves}
  order by recorded_ns ${direction}
  limit $4
)`;

const inRecordedOrder = (direction: 'asc' | 'desc'): string => `
  select line.*, other.code as other_account
  from (
    ${recordedSide('debit', 'credit', '-', direction)}
    union all
    ${recordedSide('credit', 'debit', '', direction)}
  ) line
  join ledger.account other on other.id = line.other_account_id
  order by line.position ${direction}
  limit $4`;

const effectiveSide = (
  side: 'debit' | 'credit',
  other: 'debit' | 'credit',
  sign: '-' | '',
): string => `
  select (extract(epoch from effective_at) * 1000)::bigint as position, recorded_ns, id, kind,
    ${other}_account_id as other_account_id, type, reference,
    ${sign}amount_minor as amount_minor, effective_at
  from ledger.transfer
  where ${side}_account_id = $1 and ${moves}`;

const inEffectiveOrder = (direction: 'asc' | 'desc'): string => `
  with history as (
    ${effectiveSide('debit', 'credit', '-')}
    union all
    ${effectiveSide('credit', 'debit', '')}
  ), line as (
    select history.*,
      (sum(amount_minor) over (order by position, recorded_ns))::bigint as balance_minor
    from history
  )
  select line.*, other.code as other_account
  from line
  join ledger.account other on other.id = line.other_account_id
  where (line.position, line.recorded_ns) > ($2::bigint, $3::bigint)
    and (line.position, line.recorded_ns) < ($4::bigint, $5::bigint)
  order by line.position ${direction}, line.recorded_ns ${direction}
  limit $6`;

/** Reads lines of one account that moved money, from one end of the bounds. */
export function readLines(
  q: Queryable,
  {
    accountId,
    order,
    bounds: { above, below },
    direction,
    limit,
  }: {
    readonly accountId: bigint;
    readonly order: StatementOrder;
    readonly bounds: Bounds;
    readonly direction: 'asc' | 'desc';
    readonly limit: number;
  },
): Promise<readonly LineRow[]> {
  return order === 'recorded'
    ? q.query<LineRow>(inRecordedOrder(direction), [
        accountId,
        above.position,
        below.position,
        limit,
      ])
    : q.query<LineRow>(inEffectiveOrder(direction), [
        accountId,
        above.position,
        above.recordedNs,
        below.position,
        below.recordedNs,
        limit,
      ]);
}
