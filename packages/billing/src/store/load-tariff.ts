import type { Queryable } from '@sluice/database';
import {
  expectAnswer,
  parseCurrency,
  refuse,
  type Refusal,
  type RoundingMode,
  type RoundingStage,
} from '@sluice/money';
import { businessDate } from '../domain/business-date.ts';
import { joinTariff, type MainEntity } from '../domain/entities.ts';
import type { TariffRate } from '../domain/rates/tariff-rate.ts';
import type { Dimension, Tariff } from '../domain/tariff.ts';
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
}

/** Which tariff is meant: the one in force for a business on a day. */
export interface TariffQuery {
  readonly businessId: string;
  /** Business date, `YYYY-MM-DD`. */
  readonly on: string;
}

/**
 * Loads the tariff in force on a day: of the business's versions, the one that began last on or
 * before it.
 *
 * @returns the tariff, or the refusal `TARIFF_NOT_FOUND` or `DATE_MALFORMED`.
 * @throws when what is stored is not what was published.
 */
export async function loadTariff(
  queryable: Queryable,
  { businessId, on }: TariffQuery,
): Promise<Tariff | Refusal> {
  if (!businessDate.safeParse(on).success) {
    return refuse('DATE_MALFORMED', `"${on}" is not a day: write it like 2017-07-01`, { on });
  }
  const [row] = await queryable.query<MainRow>(
    `select tariff_id, business_id, version, currency, effective_from,
       rounding_mode, rounding_scale, rounding_stage, content_hash
     from billing.tariff
     where business_id = $1 and effective_from <= $2::date
     order by effective_from desc
     limit 1`,
    [businessId, on],
  );
  if (row === undefined) {
    return refuse(
      'TARIFF_NOT_FOUND',
      `no tariff of ${businessId} is in force on ${on}: publish one that begins by then`,
      { businessId, on },
    );
  }
  const tariff = await loadEntities(queryable, mainOf(row));
  if (contentHash(tariff) !== row.content_hash) {
    throw new Error(`tariff ${row.tariff_id} is not stored as it was published`);
  }
  return tariff;
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
  const rates = await queryable.query<{ combined_interval: string; rate: TariffRate }>(
    `select combined_interval, rate from billing.interval_rate where tariff_id = $1`,
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
    rates: rates.map(({ combined_interval: combinedInterval, rate }) => ({
      key: `${tariffId}:${combinedInterval}`,
      tariffId,
      combinedInterval,
      rate,
    })),
  });
}
