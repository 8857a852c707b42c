import type { Queryable } from '@sluice/database';
import { refuse, type Refusal } from '@sluice/money';
import { isAccountCode } from '../domain/account-code.ts';
import { instantMs } from '../domain/instant.ts';

/**
 * A moment in either sense or both: what counted by `effectiveAt`, as far as it was recorded by
 * `recordedAt`. ISO 8601 instants, to the millisecond, which they include; one at least.
 */
export interface Moment {
  readonly recordedAt?: string;
  readonly effectiveAt?: string;
}

/**
 * The balances of accounts at a moment. As recorded then, each is one look-up whatever the length
 * of the history; as effective then, the account's transfers are added up.
 *
 * @returns minor units by code, an account that does not exist has no key; or the refusal
 *   `MOMENT_MALFORMED`.
 */
export async function readBalancesAt(
  q: Queryable,
  codes: readonly string[],
  { recordedAt, effectiveAt }: Moment,
): Promise<ReadonlyMap<string, bigint> | Refusal> {
  const recordedMs = recordedAt === undefined ? undefined : instantMs(recordedAt);
  const effectiveMs = effectiveAt === undefined ? undefined : instantMs(effectiveAt);
  const isKnown = recordedMs !== undefined || recordedAt === undefined;
  if (!isKnown || (effectiveMs ?? recordedMs) === undefined) {
    return refuse(
      'MOMENT_MALFORMED',
      `a moment is an ISO 8601 instant with its zone: write it like 2017-07-01T09:30:00Z`,
      { recordedAt: recordedAt ?? null, effectiveAt: effectiveAt ?? null },
    );
  }
  const wanted = [...new Set(codes)].filter(isAccountCode);
  const untilNs = recordedMs === undefined ? null : lastNsOf(recordedMs);
  const rows =
    effectiveMs === undefined
      ? await q.query<BalanceRow>(asRecorded, [wanted, untilNs])
      : await q.query<BalanceRow>(asEffective, [wanted, untilNs, new Date(effectiveMs)]);
  return new Map(rows.map((row) => [row.code, row.balance_minor]));
}

interface BalanceRow {
  readonly code: string;
  readonly balance_minor: bigint;
}

/** The last nanosecond of a millisecond. */
function lastNsOf(ms: number): bigint {
  return (BigInt(ms) + 1n) * 1_000_000n - 1n;
}

const asRecorded = `
  select account.code, coalesce(last.balance_minor, 0) as balance_minor
  from unnest($1::text[]) as wanted (code)
  join ledger.account using (code)
  left join lateral (
    (
      select recorded_ns, debit_balance_minor as balance_minor
      from ledger.transfer
      where debit_account_id = account.id and recorded_ns <= $2
      order by recorded_ns desc
      limit 1
    )
    union all
    (
      select recorded_ns, credit_balance_minor
      from ledger.transfer
      where credit_account_id = account.id and recorded_ns <= $2
      order by recorded_ns desc
      limit 1
    )
    order by recorded_ns desc
    limit 1
  ) last on true`;

const asEffective = `
  select account.code, coalesce(moved.minor, 0)::bigint as balance_minor
  from unnest($1::text[]) as wanted (code)
  join ledger.account using (code)
  left join lateral (
    select sum(minor) as minor
    from (
      select -amount_minor as minor, kind, recorded_ns, effective_at
      from ledger.transfer where debit_account_id = account.id
      union all
      select amount_minor, kind, recorded_ns, effective_at
      from ledger.transfer where credit_account_id = account.id
    ) posting
    where kind in ('direct', 'post-hold', 'reversal')
      and effective_at <= $3
      and ($2::bigint is null or recorded_ns <= $2)
  ) moved on true`;
