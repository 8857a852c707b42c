import { RetryTransactionError, type Tx } from '@sluice/database';
import { refuse, type Refusal } from '@sluice/money';
import { splitTariff, type MainEntity, type TariffEntities } from '../domain/entities.ts';
import type { Tariff } from '../domain/tariff.ts';
import { contentHash } from './content-hash.ts';

interface RivalRow {
  readonly tariff_id: string;
  readonly business_id: string;
  readonly version: number;
  readonly content_hash: string;
}

/**
 * Stores the four entities of a tariff (CN112070557B, "store"). A published version never changes.
 *
 * @returns `published`; `exists` when exactly this tariff is there already; or the refusal
 *   `TARIFF_VERSION_TAKEN`, `TARIFF_ID_TAKEN` or `TARIFF_DATE_TAKEN`, with nothing written.
 */
export async function publishTariff(
  tx: Tx,
  tariff: Tariff,
): Promise<'published' | 'exists' | Refusal> {
  const hash = contentHash(tariff);
  const entities = splitTariff(tariff);
  if (!(await insertMain(tx, entities.main, hash))) return answerRival(tx, entities.main, hash);
  await insertDefinitions(tx, entities);
  await insertOrder(tx, entities);
  await insertRates(tx, entities);
  return 'published';
}

async function insertMain(tx: Tx, main: MainEntity, hash: string): Promise<boolean> {
  const { tariffId, businessId, version, currency, effectiveFrom, rounding } = main;
  const written = await tx.query(
    `insert into billing.tariff (tariff_id, business_id, version, currency, effective_from,
       rounding_mode, rounding_scale, rounding_stage, content_hash)
     values ($1, $2, $3, $4, $5::date, $6, $7, $8, $9)
     on conflict do nothing
     returning tariff_id`,
    [
      tariffId,
      businessId,
      version,
      currency,
      effectiveFrom,
      rounding.mode,
      rounding.scale === 'currency' ? null : rounding.scale,
      rounding.stage,
      hash,
    ],
  );
  return written.length === 1;
}

async function answerRival(tx: Tx, main: MainEntity, hash: string): Promise<'exists' | Refusal> {
  const { tariffId, businessId, version, effectiveFrom } = main;
  const rivals = await tx.query<RivalRow>(
    `select tariff_id, business_id, version, content_hash
     from billing.tariff
     where tariff_id = $1 or (business_id = $2 and (version = $3 or effective_from = $4::date))`,
    [tariffId, businessId, version, effectiveFrom],
  );
  if (rivals.length === 0) throw new RetryTransactionError(`tariff ${tariffId} met a vanished row`);
  if (rivals.some(({ content_hash }) => content_hash === hash)) return 'exists';
  const name = `version ${version} of ${businessId}`;
  const details = { tariff: tariffId, businessId, version, effectiveFrom };
  if (rivals.some((rival) => rival.business_id === businessId && rival.version === version)) {
    return refuse(
      'TARIFF_VERSION_TAKEN',
      `${name} was published with other content: a change is a new version`,
      details,
    );
  }
  return rivals.some(({ tariff_id }) => tariff_id === tariffId)
    ? refuse('TARIFF_ID_TAKEN', `the id ${tariffId} names another tariff: choose a new id`, details)
    : refuse(
        'TARIFF_DATE_TAKEN',
        `${name} begins on ${effectiveFrom} as another version does: choose another day`,
        details,
      );
}

async function insertDefinitions(tx: Tx, { main, definitions }: TariffEntities): Promise<void> {
  await tx.query(
    `insert into billing.interval_definition (tariff_id, dimension, definition)
     select $1, dimension, definition
     from unnest($2::text[], $3::jsonb[]) as fresh (dimension, definition)`,
    [
      main.tariffId,
      definitions.map(({ definition }) => definition.name),
      definitions.map(({ definition }) => JSON.stringify(definition)),
    ],
  );
}

async function insertOrder(tx: Tx, { order }: TariffEntities): Promise<void> {
  await tx.query(`insert into billing.interval_order (tariff_id, dimensions) values ($1, $2)`, [
    order.tariffId,
    order.dimensions,
  ]);
}

async function insertRates(tx: Tx, { main, rates }: TariffEntities): Promise<void> {
  await tx.query(
    `insert into billing.interval_rate (tariff_id, combined_interval, rate)
     select $1, combined_interval, rate
     from unnest($2::text[], $3::jsonb[]) as fresh (combined_interval, rate)`,
    [
      main.tariffId,
      rates.map(({ combinedInterval }) => combinedInterval),
      rates.map(({ rate }) => JSON.stringify(rate)),
    ],
  );
}
