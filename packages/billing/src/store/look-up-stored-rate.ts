import type { Queryable } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { refuseDate } from '../domain/business-date.ts';
import type { CompiledTariff } from '../domain/compile-tariff.ts';
import type { BillingElements } from '../domain/pricing.ts';
import { lookUpCell } from '../domain/quote.ts';
import type { TariffRate } from '../domain/rates/tariff-rate.ts';

/** Asked once per statement: a version that is not in force on the day gives no rate. */
const inForce = `($3::date is null or $1 = (
  select tariff_id from billing.tariff
  where business_id = $4 and effective_from <= $3
  order by effective_from desc, published_at desc, version desc
  limit 1
))`;

/**
 * Finds a rate in the stored key-value form: the request is reduced in memory, and the rate is
 * read under the patent's key, tariff id and combined interval number, in one look-up
 * (CN112070557B, "look up"). For programs that hold the definitions but not a large table.
 *
 * @param on business date, `YYYY-MM-DD`, on which the tariff must be in force; any when left out.
 * @returns the rate, or a refusal of the reduction, or `TARIFF_NOT_FOUND` where none is stored or
 *   another version is in force, or `DATE_MALFORMED`.
 */
export async function lookUpStoredRate(
  queryable: Queryable,
  tariff: CompiledTariff,
  elements: BillingElements,
  on?: string,
): Promise<TariffRate | Refusal> {
  const wrong = on === undefined ? undefined : refuseDate(on);
  if (wrong !== undefined) return wrong;
  const found = lookUpCell(tariff, elements);
  if (isRefusal(found)) return found;
  const [row] = await queryable.query<{ rate: TariffRate }>(
    `select rate from billing.interval_rate
     where tariff_id = $1 and combined_interval = $2 and ${inForce}`,
    [tariff.id, found.cell, on ?? null, tariff.businessId],
  );
  return row === undefined ? refuseNone(tariff, found.cell, on) : row.rate;
}

/**
 * Finds the rates of many requests as {@link lookUpStoredRate} does for one, in one statement: a
 * round trip takes far longer than a look-up, so this is the way to do many.
 *
 * @returns an answer for each request, in their order.
 */
export async function lookUpStoredRates(
  queryable: Queryable,
  tariff: CompiledTariff,
  requests: readonly BillingElements[],
  on?: string,
): Promise<readonly (TariffRate | Refusal)[]> {
  const wrong = on === undefined ? undefined : refuseDate(on);
  if (wrong !== undefined) return requests.map(() => wrong);
  const found = requests.map((elements) => lookUpCell(tariff, elements));
  const cells = found.map((cell) => (isRefusal(cell) ? null : cell.cell));
  const rows = await queryable.query<{ place: bigint; rate: TariffRate }>(
    `select key.place, stored.rate
     from unnest($2::text[]) with ordinality as key (cell, place)
     cross join lateral (
       select rate
       from billing.interval_rate
       where tariff_id = $1 and combined_interval = key.cell
       limit 1 -- or a server without statistics of a new tariff reads all of it for the join
     ) as stored
     where ${inForce}`,
    [tariff.id, cells, on ?? null, tariff.businessId],
  );
  const rates = new Map(rows.map(({ place, rate }) => [Number(place) - 1, rate]));
  return found.map((cell, place) =>
    isRefusal(cell) ? cell : (rates.get(place) ?? refuseNone(tariff, cell.cell, on)),
  );
}

function refuseNone({ id }: CompiledTariff, cell: string, on: string | undefined): Refusal {
  const dated = on === undefined ? '' : ` in force on ${on}`;
  return refuse(
    'TARIFF_NOT_FOUND',
    `no rate of tariff ${id}${dated} is stored for cell ${cell}: load the tariff again`,
    { tariff: id, cell, ...(on === undefined ? {} : { on }) },
  );
}
