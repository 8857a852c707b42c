import type { Queryable } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import type { CompiledTariff } from '../domain/compile-tariff.ts';
import type { BillingElements } from '../domain/pricing.ts';
import { lookUpCell } from '../domain/quote.ts';
import type { TariffRate } from '../domain/rates/tariff-rate.ts';

/**
 * Finds a rate in the stored key-value form: the request is reduced in memory, and the rate is
 * read under the patent's key, tariff id and combined interval number, in one look-up
 * (CN112070557B, "look up"). For programs that hold the definitions but not a large table.
 *
 * @returns the rate, or a refusal of the reduction, or `TARIFF_NOT_FOUND` where none is stored.
 */
export async function lookUpStoredRate(
  queryable: Queryable,
  tariff: CompiledTariff,
  elements: BillingElements,
): Promise<TariffRate | Refusal> {
  const found = lookUpCell(tariff, elements);
  if (isRefusal(found)) return found;
  const key = found.cell;
  const [row] = await queryable.query<{ rate: TariffRate }>(
    `select rate from billing.interval_rate where tariff_id = $1 and combined_interval = $2`,
    [tariff.id, key],
  );
  if (row !== undefined) return row.rate;
  return refuse('TARIFF_NOT_FOUND', `no rate of tariff ${tariff.id} is stored for cell ${key}`, {
    tariff: tariff.id,
    cell: key,
  });
}
