import {
  expectAnswer,
  exponentOf,
  parseCurrency,
  type Currency,
  type Refusal,
  type RoundingPolicy,
} from '@sluice/money';
import type { z } from 'zod';
import { cellCount, cellNames, intervalNumbers, maxCells } from './cells.ts';
import { coverCells } from './cover.ts';
import { refuseTariff, type Fault } from './fault.ts';
import { readRate } from './rates/rate-models.ts';
import type { TariffRate } from './rates/tariff-rate.ts';
import { readDimension, type ReadDimension } from './read-dimension.ts';
import { repeated } from './repeated.ts';
import { tariffMessage, type TariffMessage } from './tariff-message.ts';
import type { CellRate, Tariff } from './tariff.ts';

/**
 * Reads a tariff message and proves it: every cell priced once, no gap, no overlap, bounds in
 * order, the order a permutation of the dimensions, one currency, one unit per dimension
 * (CN112070557B, "convert").
 *
 * @param json the message as parsed JSON; the README documents it.
 * @returns the tariff, or the refusal `TARIFF_INVALID` whose `faults` lists everything found. A
 *   message of the wrong shape lists the faults of its shape; what it means is checked after.
 */
export function parseTariff(json: unknown): Tariff | Refusal {
  const outcome = readTariff(json);
  if (!('faults' in outcome)) return outcome;
  return refuseTariff(idIn(json), outcome.faults);
}

/** As {@link parseTariff}, with the faults as data. */
export function readTariff(json: unknown): Tariff | { readonly faults: readonly Fault[] } {
  const shaped = tariffMessage.safeParse(json);
  if (!shaped.success) return { faults: shaped.error.issues.map(shapeFault) };
  const message = shaped.data;
  const currency = expectAnswer(parseCurrency(message.currency));
  const read = message.dimensions.map((dimension) => readDimension(dimension, currency));
  const rates = message.rates.map((rate) => readRate(rate, currency));
  const misordered = orderFaults(message);
  const ordered = misordered.length === 0 ? arrange(read, message.order) : read;
  const cells = coverOrLimit(ordered, message);
  const faults = [
    ...roundingFaults(message.rounding, currency),
    ...misordered,
    ...read.flatMap(({ faults }) => faults),
    ...rateFaults(rates),
    ...cells.faults,
  ];
  if (faults.length > 0) return { faults };
  const { id, businessId, version, effectiveFrom, rounding } = message;
  const dimensions = ordered.map(({ dimension }) => dimension);
  const cellRates = [...cellNames(dimensions)].map((cell, index): CellRate => {
    const rate = rates[cells.lines[index] ?? -1];
    if (typeof rate !== 'object') throw new Error(`cell ${cell} has no rate`);
    return { cell, rate };
  });
  return {
    id,
    businessId,
    version,
    currency,
    effectiveFrom,
    rounding,
    dimensions,
    rates: cellRates,
  };
}

/** Cells mean nothing while two dimensions share a name, and too many are not looked at. */
function coverOrLimit(
  dimensions: readonly ReadDimension[],
  message: TariffMessage,
): { readonly lines: Int32Array; readonly faults: readonly Fault[] } {
  const unread = { lines: new Int32Array(), faults: [] };
  if (repeated(message.dimensions.map(({ name }) => name)).length > 0) return unread;
  const count = cellCount(dimensions.map(({ dimension }) => intervalNumbers(dimension).length));
  if (count <= maxCells) return coverCells(dimensions, message.rates);
  const text = `the dimensions span ${count} cells, at most ${maxCells} are possible`;
  return { ...unread, faults: [{ text }] };
}

function shapeFault(issue: z.core.$ZodIssue): Fault {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? ` ${part + 1}` : `, ${String(part)}`))
    .join('')
    .replace(/^, /, '');
  return { text: path === '' ? issue.message : `${path}: ${issue.message}` };
}

function idIn(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || !('id' in json)) return null;
  return typeof json.id === 'string' ? json.id : null;
}

function roundingFaults({ scale }: RoundingPolicy, currency: Currency): readonly Fault[] {
  const exponent = exponentOf(currency);
  if (scale === 'currency' || scale <= exponent) return [];
  return [{ text: `rounding.scale ${scale} does not fit ${currency}: use 0 to ${exponent}` }];
}

function orderFaults({ dimensions, order }: TariffMessage): readonly Fault[] {
  const names = dimensions.map(({ name }) => name);
  return [
    ...repeated(names).map((name) => `two dimensions have the name "${name}"`),
    ...repeated(order).map((name) => `order names "${name}" more than once`),
    ...[...new Set(names)]
      .filter((name) => !order.includes(name))
      .map((name) => `order leaves out the dimension "${name}"`),
    ...[...new Set(order)]
      .filter((name) => !names.includes(name))
      .map((name) => `order names "${name}", which is no dimension`),
  ].map((text) => ({ text }));
}

function arrange(read: readonly ReadDimension[], order: readonly string[]): ReadDimension[] {
  return read.toSorted(
    (left, right) => order.indexOf(left.dimension.name) - order.indexOf(right.dimension.name),
  );
}

function rateFaults(rates: readonly (TariffRate | string)[]): readonly Fault[] {
  return rates.flatMap((rate, line) =>
    typeof rate === 'string' ? [{ text: `rate ${line + 1}: ${rate}` }] : [],
  );
}
