import type { Queryable } from '@sluice/database';
import {
  expectAnswer,
  isRefusal,
  parseCurrency,
  refuse,
  type Refusal,
  type RoundingMode,
  type RoundingPolicy,
  type RoundingStage,
} from '@sluice/money';
import { z } from 'zod';
import { businessDate } from '../domain/business-date.ts';
import { joinTariff, type MainEntity, type RateEntity } from '../domain/entities.ts';
import type { TariffRate } from '../domain/rates/tariff-rate.ts';
import type { Dimension, Tariff, TariffTax } from '../domain/tariff.ts';
import { contentHash } from './content-hash.ts';

interface MainRow {
  readonly tariff_id: string;
  readonly business_id: string;
  readonly version: number;
  readonly currency: string;
  readonly effective_from: string;
  readonly rounding_mode: RoundingMode;
  readonly rounding_scale: number | null;
  readonly rounding_stage: RoundingStage;
  readonly content_hash: string;
  readonly tax: TariffTax | null;
  readonly corrects: string | null;
}

/** Which tariff is meant: the one in force for a business on a day, as known at a moment. */
export interface TariffQuery {
  readonly businessId: string;
  /** Business date, `YYYY-MM-DD`. */
  readonly on: string;
  /** ISO 8601 instant; what was published later is not seen. Now when left out. */
  readonly knownAt?: string;
}

/**
 * Loads the tariff in force on a day: of the business's versions that were known, the one that
 * began last on or before it; of those that began on one day, the last correction.
 *
 * @returns the tariff, or the refusal `TARIFF_NOT_FOUND`, `DATE_MALFORMED` or `TIME_MALFORMED`.
 * @throws when what is stored is not what was published.
 */
export async function loadTariff(
  queryable: Queryable,
  { businessId, on, knownAt }: TariffQuery,
): Promise<Tariff | Refusal> {
  const found = await loadTariffs(queryable, {
    businessId,
    days: [on],
    ...(knownAt === undefined ? {} : { knownAt }),
  });
  return isRefusal(found) ? found : (found.get(on) ?? refuseMissing(businessId, on, knownAt));
}

/** An instant as ISO 8601 with its offset, so that no session's time zone decides what it means. */
const instant = z.iso.datetime({ offset: true });

/**
 * Loads the tariffs in force on many days, as {@link loadTariff} does for one; days that share a
 * version share one tariff. As many round trips as there are versions among them, and one.
 *
 * @returns by day the tariff or `TARIFF_NOT_FOUND`; or `DATE_MALFORMED`, `TIME_MALFORMED`.
 */
export async function loadTariffs(
  queryable: Queryable,
  query: {
    readonly businessId: string;
    readonly days: readonly string[];
    readonly knownAt?: string;
  },
): Promise<ReadonlyMap<string, Tariff | Refusal> | Refusal> {
  const { businessId, days, knownAt } = query;
  const wrong = days.find((day) => !businessDate.safeParse(day).success);
  if (wrong !== undefined) {
    const problem = `"${wrong}" is not a day: write it like 2017-07-01`;
    return refuse('DATE_MALFORMED', problem, { on: wrong });
  }
  if (knownAt !== undefined && !instant.safeParse(knownAt).success) {
    const problem = `"${knownAt}" is no instant: write it like 2017-07-01T12:00:00Z`;
    return refuse('TIME_MALFORMED', problem, { knownAt });
  }
  const rows = await queryable.query<MainRow & { readonly on: string }>(
    `select day."on", version.*
     from unnest($2::date[]) as day ("on")
     cross join lateral (
       select tariff_id, business_id, version, currency, effective_from, rounding_mode,
         rounding_scale, rounding_stage, content_hash, tax, corrects
       from billing.tariff
       where business_id = $1 and effective_from <= day."on"
         and ($3::timestamptz is null or published_at <= $3)
       order by effective_from desc, published_at desc, version desc
       limit 1
     ) as version`,
    [businessId, [...new Set(days)], knownAt ?? null],
  );
  const versions = new Map<string, Tariff>();
  const found = new Map<string, Tariff | Refusal>();
  for (const row of rows) {
    const tariff = versions.get(row.tariff_id) ?? (await loadProved(queryable, row));
    versions.set(row.tariff_id, tariff);
    found.set(row.on, tariff);
  }
  for (const day of days) {
    if (!found.has(day)) found.set(day, refuseMissing(businessId, day, knownAt));
  }
  return found;
}

function refuseMissing(businessId: string, on: string, knownAt: string | undefined): Refusal {
  const known = knownAt === undefined ? '' : `, as known at ${knownAt}`;
  return refuse(
    'TARIFF_NOT_FOUND',
    `no tariff of ${businessId} is in force on ${on}${known}: publish one that begins by then`,
    { businessId, on, ...(knownAt === undefined ? {} : { knownAt }) },
  );
}

async function loadProved(queryable: Queryable, row: MainRow): Promise<Tariff> {
  const tariff = await loadEntities(queryable, mainOf(row));
  if (contentHash(tariff) === row.content_hash) return tariff;
  throw new Error(`tariff ${row.tariff_id} is not stored as it was published`);
}

function mainOf(row: MainRow): MainEntity {
  return {
    key: row.business_id,
    tariffId: row.tariff_id,
    businessId: row.business_id,
    version: row.version,
    currency: expectAnswer(parseCurrency(row.currency)),
    effectiveFrom: row.effective_from,
    rounding: {
      mode: row.rounding_mode,
      scale: row.rounding_scale ?? 'currency',
      stage: row.rounding_stage,
    },
    ...(row.tax === null ? {} : { tax: row.tax }),
    ...(row.corrects === null ? {} : { corrects: row.corrects }),
  };
}

async function loadEntities(queryable: Queryable, main: MainEntity): Promise<Tariff> {
  const { tariffId } = main;
  const definitions = await queryable.query<{ definition: Dimension }>(
    `select definition from billing.interval_definition where tariff_id = $1`,
    [tariffId],
  );
  const orders = await queryable.query<{ dimensions: readonly string[] }>(
    `select dimensions from billing.interval_order where tariff_id = $1`,
    [tariffId],
  );
  const rates = await queryable.query<RateRow>(
    `select combined_interval, rate, cell_id, rounding
     from billing.interval_rate
     where tariff_id = $1`,
    [tariffId],
  );
  return joinTariff({
    main,
    definitions: definitions.map(({ definition }) => ({
      key: `${tariffId}:${definition.name}`,
      tariffId,
      definition,
    })),
    order: { key: tariffId, tariffId, dimensions: orders[0]?.dimensions ?? [] },
    rates: rates.map((row) => rateOf(tariffId, row)),
  });
}

interface RateRow {
  readonly combined_interval: string;
  readonly rate: TariffRate;
  readonly cell_id: string | null;
  readonly rounding: RoundingPolicy | null;
}

function rateOf(tariffId: string, row: RateRow): RateEntity {
  return {
    key: `${tariffId}:${row.combined_interval}`,
    tariffId,
    combinedInterval: row.combined_interval,
    rate: row.rate,
    ...(row.cell_id === null ? {} : { cellId: row.cell_id }),
    ...(row.rounding === null ? {} : { rounding: row.rounding }),
  };
}
