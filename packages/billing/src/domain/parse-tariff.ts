import { expectAnswer, isRefusal, parseCurrency, parseRate, type Refusal } from '@sluice/money';
import { cellRates } from './cell-rates.ts';
import { cellCount, countsOf, maxCells } from './cells.ts';
import { coverCells, type Cover } from './cover.ts';
import { refuseTariff, type Fault } from './fault.ts';
import { readRateLines, readRates, type RateLine } from './rate-lines.ts';
import { readDimension, type ReadDimension } from './read-dimension.ts';
import { repeated } from './repeated.ts';
import { exponentFault } from './rounding-fault.ts';
import { shapeFault } from './shape-fault.ts';
import { tariffMessage, type TariffMessage } from './tariff-message.ts';
import type { Tariff, TariffTax } from './tariff.ts';

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
  const lines = readRateLines(shaped.success ? shaped.data.rates : ratesIn(json));
  if (!shaped.success) return { faults: [...shaped.error.issues.map(shapeFault), ...lines.faults] };
  if (lines.faults.length > 0) return { faults: lines.faults };
  return readMeaning(shaped.data, lines.lines);
}

/** What a message of the right shape means, or what is wrong with that. */
function readMeaning(
  message: TariffMessage,
  lines: readonly RateLine[],
): Tariff | { readonly faults: readonly Fault[] } {
  const currency = expectAnswer(parseCurrency(message.currency));
  const read = message.dimensions.map((dimension) => readDimension(dimension, currency));
  const all = read.map(({ dimension }) => dimension);
  const { rates, faults: rateFaults } = readRates(lines, all, currency);
  const misordered = orderFaults(message);
  const ordered = misordered.length === 0 ? arrange(read, message.order) : read;
  const cover = coverOrLimit(ordered, message, lines);
  const tax = readTax(message.tax);
  const faults = [
    ...exponentFault(message.rounding, currency).map((text) => ({ text })),
    ...(typeof tax === 'string' ? [{ text: tax }] : []),
    ...misordered,
    ...read.flatMap(({ faults }) => faults),
    ...rateFaults,
    ...cover.faults,
  ];
  if (faults.length > 0 || typeof tax === 'string') return { faults };
  const dimensions = ordered.map(({ dimension }) => dimension);
  const cells = cellRates(dimensions, cover.lines, lines, rates);
  if ('faults' in cells) return cells;
  const { id, businessId, version, effectiveFrom, corrects, rounding } = message;
  return {
    ...{ id, businessId, version, currency, effectiveFrom, rounding },
    ...(corrects === undefined ? {} : { corrects }),
    ...(tax === undefined ? {} : { tax }),
    dimensions,
    rates: cells,
  };
}

function readTax(tax: TariffMessage['tax']): TariffTax | string | undefined {
  if (tax === undefined) return undefined;
  const rate = parseRate(tax.rate);
  if (isRefusal(rate)) return `tax: ${rate.message}`;
  if (rate.isNegative()) return `tax: the rate ${tax.rate} is negative`;
  return { ...tax, rate: rate.toFixed() };
}

function ratesIn(json: unknown): readonly unknown[] {
  if (typeof json !== 'object' || json === null || !('rates' in json)) return [];
  return Array.isArray(json.rates) ? json.rates : [];
}

/** Cells mean nothing while two dimensions share a name, and too many are not looked at. */
function coverOrLimit(
  dimensions: readonly ReadDimension[],
  message: TariffMessage,
  lines: readonly RateLine[],
): Cover {
  const unread = { lines: new Int32Array(), faults: [] };
  if (repeated(message.dimensions.map(({ name }) => name)).length > 0) return unread;
  const counts = countsOf(dimensions.map(({ dimension }) => dimension));
  if (cellCount(counts) <= maxCells) return coverCells(dimensions, lines);
  // Beyond 2^53 a number would tell a rounded count.
  const count = counts.reduce((product, one) => product * BigInt(one), 1n);
  const text = `the dimensions span ${count} cells, at most ${maxCells} are possible`;
  return { ...unread, faults: [{ text }] };
}

function idIn(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || !('id' in json)) return null;
  return typeof json.id === 'string' ? json.id : null;
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
