import { RetryTransactionError, type Tx } from '@sluice/database';
import { refuse, type Refusal } from '@sluice/money';
import { splitTariff, type MainEntity, type TariffEntities } from '../domain/entities.ts';
import type { Tariff } from '../domain/tariff.ts';
import { contentHash } from './content-hash.ts';
import { lockTariffId } from './lock-tariff-id.ts';
import { ratesAtOnce } from './stored-rates.ts';

interface RivalRow {
  readonly tariff_id: string;
  readonly business_id: string;
  readonly version: number;
  readonly content_hash: string;
}

/**
 * Stores the four entities of a tariff (CN112070557B, "store"). A published version never changes.
 *
 * @param publisher who publishes a reviewed draft; nobody for a file under version control.
 * @returns `published`; `exists` when exactly this tariff is there already; or the refusal
 *   `TARIFF_VERSION_TAKEN`, `TARIFF_ID_TAKEN`, `TARIFF_DATE_TAKEN` or `TARIFF_CORRECTS_NOTHING`,
 *   with nothing written.
 */
export async function publishTariff(
  tx: Tx,
  tariff: Tariff,
  publisher?: { readonly by: string },
): Promise<'published' | 'exists' | Refusal> {
  await lockTariffId(tx, tariff.id);
  const hash = contentHash(tariff);
  const entities = splitTariff({ ...tariff, rates: [] });
  const { main } = entities;
  if (!(await correctsWell(tx, main))) return refuseCorrection(main);
  if (!(await insertMain(tx, main, hash, publisher?.by ?? null))) {
    return answerRival(tx, main, hash);
  }
  await insertDefinitions(tx, entities);
  await insertOrder(tx, entities);
  await insertRates(tx, tariff);
  return 'published';
}

/** A correction names a version of the same business that begins on the same day. */
async function correctsWell(tx: Tx, main: MainEntity): Promise<boolean> {
  if (main.corrects === undefined) return true;
  const found = await tx.query(
    `select from billing.tariff
     where tariff_id = $1 and business_id = $2 and effective_from = $3::date`,
    [main.corrects, main.businessId, main.effectiveFrom],
  );
  return found.length === 1;
}

function refuseCorrection({ tariffId, businessId, effectiveFrom, corrects }: MainEntity): Refusal {
  return refuse(
    'TARIFF_CORRECTS_NOTHING',
    `tariff ${tariffId} corrects ${corrects}, which is no version of ${businessId} that begins ` +
      `on ${effectiveFrom}`,
    { tariff: tariffId, corrects: corrects ?? null, businessId, effectiveFrom },
  );
}

async function insertMain(
  tx: Tx,
  main: MainEntity,
  hash: string,
  publishedBy: string | null,
): Promise<boolean> {
  const { tariffId, businessId, version, currency, effectiveFrom, rounding } = main;
  const written = await tx.query(
    `insert into billing.tariff (tariff_id, business_id, version, currency, effective_from,
       rounding_mode, rounding_scale, rounding_stage, content_hash, tax, corrects, published_by)
     values ($1, $2, $3, $4, $5::date, $6, $7, $8, $9, $10, $11, $12)
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
      main.tax === undefined ? null : JSON.stringify(main.tax),
      main.corrects ?? null,
      publishedBy,
    ],
  );
  return written.length === 1;
}

async function answerRival(tx: Tx, main: MainEntity, hash: string): Promise<'exists' | Refusal> {
  const { tariffId, businessId, version, effectiveFrom } = main;
  const rivals = await tx.query<RivalRow>(
    `select tariff_id, business_id, version, content_hash
     from billing.tariff
     where tariff_id = $1 or (business_id = $2 and (version = $3 or
       (effective_from = $4::date and corrects is not distinct from $5)))`,
    [tariffId, businessId, version, effectiveFrom, main.corrects ?? null],
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
        main.corrects === undefined
          ? `${name} begins on ${effectiveFrom} as another version does: choose another day, or ` +
              'name the version of that day in "corrects"'
          : `${main.corrects} was corrected already: correct the version that did so`,
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

/**
 * Writes the rates in chunks, each column as lines of one text: JSON and words hold no line break,
 * and an array of them is written and read ten times slower.
 */
async function insertRates(tx: Tx, { id, rates }: Tariff): Promise<void> {
  for (let from = 0; from < rates.length; from += ratesAtOnce) {
    const chunk = rates.slice(from, from + ratesAtOnce);
    const texts = new Map<object, string>();
    // Most cells of a large tariff share a few rates: each is written as text once.
    const textOf = (rate: object): string => {
      const text = texts.get(rate) ?? JSON.stringify(rate);
      texts.set(rate, text);
      return text;
    };
    await tx.query(
      `insert into billing.interval_rate (tariff_id, combined_interval, rate, cell_id, rounding)
       select $1, combined_interval, rate::jsonb, cell_id, rounding::jsonb
       from unnest(
         string_to_array($2, e'\n'), string_to_array($3, e'\n'),
         string_to_array($4, e'\n', ''), string_to_array($5, e'\n', '')
       ) as fresh (combined_interval, rate, cell_id, rounding)`,
      [
        id,
        chunk.map(({ cell }) => cell).join('\n'),
        chunk.map(({ rate }) => textOf(rate)).join('\n'),
        chunk.map((entry) => entry.id ?? '').join('\n'),
        chunk.map(({ rounding }) => (rounding === undefined ? '' : textOf(rounding))).join('\n'),
      ],
    );
  }
}
