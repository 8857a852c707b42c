import type { Queryable } from '@sluice/database';
import { expectAnswer, parseCurrency, type RoundingMode, type RoundingStage } from '@sluice/money';
import { arrangeDimensions, assembleTariff, type MainEntity } from '../domain/entities.ts';
import type { Dimension, Tariff, TariffTax } from '../domain/tariff.ts';
import { contentHash } from './content-hash.ts';
import { firstRatesSql, readRates, type RatePage } from './stored-rates.ts';

/** A stored version, with the first page of its rates. */
export interface VersionRow extends RatePage {
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
  readonly dimensions: readonly string[] | null;
  readonly definitions: readonly Dimension[] | null;
}

/** All versions, each as a {@link VersionRow}: to be joined with those that are meant. */
export const versionSql = `
  select tariff.tariff_id, tariff.business_id, tariff.version, tariff.currency,
    tariff.effective_from, tariff.rounding_mode, tariff.rounding_scale, tariff.rounding_stage,
    tariff.content_hash, tariff.tax, tariff.corrects,
    (
      select dimensions from billing.interval_order as o where o.tariff_id = tariff.tariff_id
    ) as dimensions,
    (
      select jsonb_agg(definition)
      from billing.interval_definition as d where d.tariff_id = tariff.tariff_id
    ) as definitions,
    page.*
  from billing.tariff
  cross join lateral (${firstRatesSql}) as page`;

/**
 * Puts a stored version together, reading the rest of its rates.
 *
 * @throws when what is stored is not what was published.
 */
export async function readVersion(queryable: Queryable, row: VersionRow): Promise<Tariff> {
  const tariff = await joinVersion(queryable, row);
  if (isAsPublished(tariff, row)) return tariff;
  throw new Error(`tariff ${row.tariff_id} is not stored as it was published`);
}

/** Whether everything that the tariff says has the hash that was published. */
export function isAsPublished(tariff: Tariff, row: VersionRow): boolean {
  return contentHash(tariff) === row.content_hash;
}

/**
 * Puts a stored version together, whatever it says.
 *
 * @throws when an entity is missing or left over.
 */
export async function joinVersion(queryable: Queryable, row: VersionRow): Promise<Tariff> {
  const main = mainOf(row);
  const dimensions = arrangeDimensions(main, row.dimensions ?? [], row.definitions ?? []);
  const rates = await readRates(queryable, { tariffId: row.tariff_id, dimensions, first: row });
  return assembleTariff(main, dimensions, rates);
}

function mainOf(row: VersionRow): MainEntity {
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
