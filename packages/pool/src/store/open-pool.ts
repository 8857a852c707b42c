import { requestHash, RetryTransactionError, type Tx } from '@sluice/database';
import { isRefusal, parseCurrency, refuse, type Refusal } from '@sluice/money';
import { isCalendarDate } from '../domain/calendar-date.ts';
import type { FundingPlan, Mandate } from '../domain/funding-plan.ts';
import type { UsageForecast } from '../domain/usage-forecast.ts';

/** All that a pool is opened with; it never changes afterwards. */
export interface PoolOpening {
  readonly id: string;
  /** For people; the id when absent. */
  readonly name?: string;
  readonly currency: string;
  /** First day of the pool's period, `YYYY-MM-DD`. */
  readonly opensOn: string;
  /** Last day of the pool's period, `YYYY-MM-DD`. */
  readonly closesOn: string;
  /** Code of the ledger account that gets the authority to call the sources. */
  readonly intermediaryAccount: string;
  /** The sellers that the pool is for (claim 1), one forecast each. */
  readonly forecasts: readonly UsageForecast[];
  readonly plan: FundingPlan;
}

/**
 * Opens a pool: its size, its sellers' forecasts, and the intermediary account's mandates on the
 * chosen sources (claims 1, 2 and 3). Safe to repeat.
 *
 * @returns `opened`; `exists` when it was opened before with the same body; or a refusal that
 * leaves nothing behind: `POOL_EXISTS_DIFFERENTLY`, `POOL_PERIOD_INVALID`, `CURRENCY_UNKNOWN`, or
 * `SOURCE_EXISTS_DIFFERENTLY` (another pool knows a source of this id or account otherwise).
 */
export async function openPool(
  tx: Tx,
  opening: PoolOpening,
): Promise<'opened' | 'exists' | Refusal> {
  const currency = parseCurrency(opening.currency);
  if (isRefusal(currency)) return currency;
  if (!isPeriod(opening)) return periodInvalid(opening);
  const hash = hashOf(opening);
  const known = await findPool(tx, opening.id);
  if (known !== undefined) return known === hash ? 'exists' : existsDifferently(opening.id);
  const clash = await findSourceClash(tx, opening.plan.mandates);
  if (clash !== undefined) return clash;
  if (!(await insertPool(tx, opening, hash))) {
    throw new RetryTransactionError(`another transaction opened pool ${opening.id} first`);
  }
  await insertSources(tx, opening.plan.mandates);
  await insertMandates(tx, opening);
  await insertForecasts(tx, opening);
  return 'opened';
}

function isPeriod({ opensOn, closesOn }: PoolOpening): boolean {
  return isCalendarDate(opensOn) && isCalendarDate(closesOn) && opensOn <= closesOn;
}

function periodInvalid({ id, opensOn, closesOn }: PoolOpening): Refusal {
  return refuse(
    'POOL_PERIOD_INVALID',
    `pool "${id}" cannot run from "${opensOn}" to "${closesOn}": ` +
      'write both days as YYYY-MM-DD, the earlier one first',
    { poolId: id, opensOn, closesOn },
  );
}

function existsDifferently(poolId: string): Refusal {
  return refuse(
    'POOL_EXISTS_DIFFERENTLY',
    `pool "${poolId}" was opened before with other dates, forecasts or mandates: ` +
      'use its plan as it is, or open a pool with an id of its own',
    { poolId },
  );
}

function hashOf({ name, forecasts, plan, ...opening }: PoolOpening): string {
  const bySeller = forecasts.toSorted((left, right) => (left.sellerId < right.sellerId ? -1 : 1));
  return requestHash({
    ...opening,
    name: name ?? opening.id,
    sizeMinor: String(plan.sizeMinor),
    forecasts: bySeller.map(({ sellerId, expectedMinor, lowerMinor, upperMinor, model }) => {
      return [sellerId, String(expectedMinor), String(lowerMinor), String(upperMinor), model];
    }),
    mandates: plan.mandates.map(({ source, limitMinor }) => ({
      ...source,
      capacityMinor: String(source.capacityMinor),
      serves: source.serves.map(({ kind, brand }) => [kind, brand ?? null]),
      limitMinor: String(limitMinor),
    })),
  });
}

async function findPool(tx: Tx, id: string): Promise<string | undefined> {
  const [row] = await tx.query<{ body_hash: string }>(
    'select body_hash from pool.pool where id = $1',
    [id],
  );
  return row?.body_hash;
}

async function findSourceClash(tx: Tx, mandates: readonly Mandate[]): Promise<Refusal | undefined> {
  const [clash] = await tx.query<{ id: string; account: string; wanted: string }>(
    `select known.id, known.account, wanted.id || ' on ' || wanted.account as wanted
     from unnest($1::text[], $2::text[]) as wanted (id, account)
     join pool.source known on (known.id = wanted.id) <> (known.account = wanted.account)
     order by wanted.id limit 1`,
    sourceArrays(mandates),
  );
  if (clash === undefined) return undefined;
  return refuse(
    'SOURCE_EXISTS_DIFFERENTLY',
    `source ${clash.wanted} cannot be: earlier pools know ${clash.id} on ${clash.account}; ` +
      'a source keeps its account for ever',
    { source: clash.id, account: clash.account },
  );
}

function sourceArrays(mandates: readonly Mandate[]): readonly unknown[] {
  const sources = mandates.map(({ source }) => source);
  return [sources.map(({ id }) => id), sources.map(({ account }) => account)];
}

async function insertPool(tx: Tx, opening: PoolOpening, hash: string): Promise<boolean> {
  const rows = await tx.query(
    `insert into pool.pool (id, name, currency, opens_on, closes_on, intermediary_account,
       size_minor, body_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (id) do nothing
     returning id`,
    [
      opening.id,
      opening.name ?? opening.id,
      opening.currency,
      opening.opensOn,
      opening.closesOn,
      opening.intermediaryAccount,
      opening.plan.sizeMinor,
      hash,
    ],
  );
  return rows.length === 1;
}

async function insertSources(tx: Tx, mandates: readonly Mandate[]): Promise<void> {
  await tx.query(
    `insert into pool.source (id, account)
     select id, account from unnest($1::text[], $2::text[]) as wanted (id, account) order by id
     on conflict do nothing`,
    sourceArrays(mandates),
  );
  const clash = await findSourceClash(tx, mandates);
  // Another pool took the id or the account in this very moment: run again, and refuse.
  if (clash !== undefined) throw new RetryTransactionError(clash.message);
}

async function insertMandates(tx: Tx, { id, plan }: PoolOpening): Promise<void> {
  const sources = plan.mandates.map(({ source }) => source);
  await tx.query(
    `insert into pool.mandate (pool_id, source_id, limit_minor, capacity_minor, priority,
       expires_on, serves)
     select $1, mandate.*
     from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::date[], $7::jsonb[])
       as mandate`,
    [
      id,
      sources.map((source) => source.id),
      plan.mandates.map(({ limitMinor }) => limitMinor),
      sources.map(({ capacityMinor }) => capacityMinor),
      sources.map(({ priority }) => priority),
      sources.map(({ expiresOn }) => expiresOn),
      sources.map(({ serves }) => JSON.stringify(serves)),
    ],
  );
}

async function insertForecasts(tx: Tx, { id, forecasts }: PoolOpening): Promise<void> {
  await tx.query(
    `insert into pool.forecast (pool_id, seller_id, expected_minor, lower_minor, upper_minor, model)
     select $1, forecast.*
     from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[]) as forecast`,
    [
      id,
      forecasts.map(({ sellerId }) => sellerId),
      forecasts.map(({ expectedMinor }) => expectedMinor),
      forecasts.map(({ lowerMinor }) => lowerMinor),
      forecasts.map(({ upperMinor }) => upperMinor),
      forecasts.map(({ model }) => model),
    ],
  );
}
