import type { Queryable } from '@sluice/database';
import type { Refusal } from '@sluice/money';
import type { Outcome } from './outcome.ts';
import { poolUnknown } from './refusals.ts';

/** A pool in one row. Amounts are in minor units of its currency. */
export interface PoolSummary {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly state: 'open' | 'closed';
  readonly opensOn: string;
  readonly closesOn: string;
  readonly intermediaryAccount: string;
  readonly sizeMinor: bigint;
  readonly drawnMinor: bigint;
}

/** One source of a pool: its mandate, and what was drawn for what. */
export interface SourceReport {
  readonly sourceId: string;
  readonly account: string;
  readonly limitMinor: bigint;
  readonly drawnMinor: bigint;
  readonly leftMinor: bigint;
  readonly drawnByKind: readonly { readonly kind: string; readonly amountMinor: bigint }[];
}

/** How many redemptions ended one way, and their money. */
export interface OutcomeReport {
  readonly status: Outcome['status'];
  /** The refusal's code; null for paid. */
  readonly code: string | null;
  readonly count: number;
  readonly discountMinor: bigint;
  /** Paid: drawn. Otherwise: asked for and not drawn. */
  readonly subsidyMinor: bigint;
  /** What of it the platform keeps. */
  readonly platformFeeMinor: bigint;
}

/** The sellers' forecasts added up, to be held against what was drawn. */
export interface ForecastReport {
  readonly sellers: number;
  readonly expectedMinor: bigint;
  readonly upperMinor: bigint;
}

export interface PoolReport extends PoolSummary {
  /** In the order of the waterfall. */
  readonly sources: readonly SourceReport[];
  readonly outcomes: readonly OutcomeReport[];
  /** Redemptions that were taken in and are not decided yet. */
  readonly waiting: number;
  readonly forecast: ForecastReport;
}

interface PoolRow {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly state: 'open' | 'closed';
  readonly opens_on: string;
  readonly closes_on: string;
  readonly intermediary_account: string;
  readonly size_minor: bigint;
  readonly drawn_minor: bigint;
}

const poolColumns = `id, name, currency, state, opens_on, closes_on, intermediary_account,
  size_minor, drawn_minor`;

/** All pools, the newest period first. */
export async function listPools(queryable: Queryable): Promise<readonly PoolSummary[]> {
  const rows = await queryable.query<PoolRow>(
    `select ${poolColumns} from pool.pool order by opens_on desc, id`,
  );
  return rows.map(toSummary);
}

/**
 * What a finance person wants to know of a pool. Read it inside a transaction with a snapshot when
 * its parts must be of one moment: a running pool moves on between the statements.
 *
 * @returns the report, or `POOL_UNKNOWN`.
 */
export async function readPool(
  queryable: Queryable,
  poolId: string,
): Promise<PoolReport | Refusal> {
  const [row] = await queryable.query<PoolRow>(
    `select ${poolColumns} from pool.pool where id = $1`,
    [poolId],
  );
  if (row === undefined) return poolUnknown(poolId);
  return {
    ...toSummary(row),
    sources: await readSources(queryable, poolId),
    outcomes: await countOutcomes(queryable, poolId),
    waiting: await countWaiting(queryable, poolId),
    forecast: await sumForecasts(queryable, poolId),
  };
}

function toSummary(row: PoolRow): PoolSummary {
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    state: row.state,
    opensOn: row.opens_on,
    closesOn: row.closes_on,
    intermediaryAccount: row.intermediary_account,
    sizeMinor: row.size_minor,
    drawnMinor: row.drawn_minor,
  };
}

async function readSources(queryable: Queryable, poolId: string): Promise<readonly SourceReport[]> {
  const sources = await queryable.query<Omit<SourceReport, 'leftMinor' | 'drawnByKind'>>(
    `select mandate.source_id as "sourceId", source.account,
       mandate.limit_minor as "limitMinor", mandate.drawn_minor as "drawnMinor"
     from pool.mandate
     join pool.source on source.id = mandate.source_id
     where mandate.pool_id = $1
     order by mandate.priority, mandate.expires_on nulls last, mandate.source_id collate "C"`,
    [poolId],
  );
  const kinds = await queryable.query<{ sourceId: string; kind: string; amountMinor: bigint }>(
    `select line.source_id as "sourceId", line.kind,
       sum(line.amount_minor)::bigint as "amountMinor"
     from pool.draw_line line
     join pool.outcome on outcome.redemption_id = line.redemption_id
     where outcome.pool_id = $1
     group by line.source_id, line.kind
     order by line.kind`,
    [poolId],
  );
  const kindsOf = Map.groupBy(kinds, ({ sourceId }) => sourceId);
  return sources.map((source) => ({
    ...source,
    leftMinor: source.limitMinor - source.drawnMinor,
    drawnByKind: (kindsOf.get(source.sourceId) ?? []).map(({ kind, amountMinor }) => {
      return { kind, amountMinor };
    }),
  }));
}

function countOutcomes(queryable: Queryable, poolId: string): Promise<readonly OutcomeReport[]> {
  return queryable.query<OutcomeReport>(
    `select status, refusal_code as code, count(*)::integer as count,
       sum(discount_minor)::bigint as "discountMinor",
       sum(subsidy_minor)::bigint as "subsidyMinor",
       sum(platform_fee_minor)::bigint as "platformFeeMinor"
     from pool.outcome
     where pool_id = $1
     group by status, refusal_code
     order by status, refusal_code`,
    [poolId],
  );
}

async function countWaiting(queryable: Queryable, poolId: string): Promise<number> {
  const [row] = await queryable.query<{ waiting: number }>(
    `select count(*)::integer as waiting
     from pool.redemption
     where pool_id = $1
       and not exists (select from pool.outcome where outcome.redemption_id = redemption.id)`,
    [poolId],
  );
  return row?.waiting ?? 0;
}

async function sumForecasts(queryable: Queryable, poolId: string): Promise<ForecastReport> {
  const [row] = await queryable.query<ForecastReport>(
    `select count(*)::integer as sellers,
       coalesce(sum(expected_minor), 0)::bigint as "expectedMinor",
       coalesce(sum(upper_minor), 0)::bigint as "upperMinor"
     from pool.forecast
     where pool_id = $1`,
    [poolId],
  );
  return row ?? { sellers: 0, expectedMinor: 0n, upperMinor: 0n };
}
