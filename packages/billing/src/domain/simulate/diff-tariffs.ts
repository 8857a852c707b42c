import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { cellCount, maxCells, placesOf } from '../cells.ts';
import { compileTariff, type CompiledTariff } from '../compile-tariff.ts';
import type { BillingElements, TariffCell } from '../pricing.ts';
import { lookUpCell } from '../quote.ts';
import type { TariffRate } from '../rates/tariff-rate.ts';
import type { Dimension, Tariff } from '../tariff.ts';
import { commonParts, type Part } from './common-parts.ts';

/** A part of what two tariffs price, in which they do it differently. */
export interface TariffDifference {
  /** For people, by dimension: `from 1.00 up to 4.99`. */
  readonly where: Readonly<Record<string, string>>;
  /** The rates, or null where that tariff has no price. */
  readonly before: TariffRate | null;
  readonly after: TariffRate | null;
  readonly beforeCell: string | null;
  readonly afterCell: string | null;
}

/** How two tariffs differ. */
export interface TariffDiff {
  /** What the heads say differently: version, days, rounding, tax. */
  readonly head: readonly {
    readonly name: string;
    readonly before: string;
    readonly after: string;
  }[];
  /** Dimensions that only one of them has. */
  readonly dimensions: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** How many parts are priced differently. */
  readonly count: number;
  /** The first of them. */
  readonly differences: readonly TariffDifference[];
  /** How many parts were compared. */
  readonly compared: number;
}

/**
 * Compares two tariffs over everything that they price. The bounds of both cut each dimension into
 * parts that neither cuts further, so one look-up in each tariff tells how a whole part is priced.
 * A dimension that only one tariff has is compared over the values that it takes.
 *
 * @returns the diff; or `TARIFFS_NOT_COMPARABLE` when a dimension of one name is of two kinds, or
 *   the parts are more than a tariff may have cells.
 */
export function diffTariffs(
  before: Tariff,
  after: Tariff,
  { limit }: { readonly limit: number },
): TariffDiff | Refusal {
  const names = [...new Set([...before.dimensions, ...after.dimensions].map(({ name }) => name))];
  const parts: (readonly Part[])[] = [];
  for (const name of names) {
    const pair = [
      { dimension: dimensionOf(before, name), currency: before.currency },
      { dimension: dimensionOf(after, name), currency: after.currency },
    ] as const;
    const found = commonParts(...pair);
    if (found === undefined) {
      return notComparable(
        before,
        after,
        `the dimension ${name} is not of one kind in both, or is too large a set`,
      );
    }
    parts.push(found);
  }
  const counts = parts.map(({ length }) => length);
  const compared = cellCount(counts);
  if (compared > maxCells) {
    return notComparable(
      before,
      after,
      `together they have ${compared} parts, too many to look at`,
    );
  }
  const [first, second] = [compileTariff(before), compileTariff(after)];
  const differences: TariffDifference[] = [];
  let count = 0;
  for (let index = 0; index < compared; index += 1) {
    const chosen = placesOf(index, counts).map((place, number) => parts[number]?.[place]);
    const elements = Object.fromEntries(
      chosen.map((part, number) => [names[number] ?? '', part?.element ?? '']),
    );
    const difference = differenceAt(first, second, elements);
    if (difference === null) continue;
    count += 1;
    if (differences.length >= limit) continue;
    const where = chosen.map((part, number) => [names[number] ?? '', part?.label ?? ''] as const);
    differences.push({ where: Object.fromEntries(where), ...difference });
  }
  const has = (tariff: Tariff) => (name: string) => dimensionOf(tariff, name) !== undefined;
  return {
    head: headDifferences(before, after),
    dimensions: {
      added: names.filter((name) => !has(before)(name)),
      removed: names.filter((name) => !has(after)(name)),
    },
    ...{ count, differences, compared },
  };
}

function dimensionOf({ dimensions }: Tariff, name: string): Dimension | undefined {
  return dimensions.find((dimension) => dimension.name === name);
}

function notComparable(before: Tariff, after: Tariff, problem: string): Refusal {
  return refuse('TARIFFS_NOT_COMPARABLE', `${before.id} and ${after.id}: ${problem}`, {
    before: before.id,
    after: after.id,
  });
}

function differenceAt(
  before: CompiledTariff,
  after: CompiledTariff,
  elements: BillingElements,
): Omit<TariffDifference, 'where'> | null {
  const [old, fresh] = [lookUpCell(before, elements), lookUpCell(after, elements)];
  const first = isRefusal(old) ? null : old;
  const second = isRefusal(fresh) ? null : fresh;
  if (pricedAs(first, before) === pricedAs(second, after)) return null;
  return {
    before: first?.rate ?? null,
    after: second?.rate ?? null,
    beforeCell: first?.cell ?? null,
    afterCell: second?.cell ?? null,
  };
}

/** What a cell says itself; the tariff's own rounding is told once, with the head. */
function pricedAs(cell: TariffCell | null, { rounding }: CompiledTariff): string {
  if (cell === null) return '';
  return JSON.stringify([cell.rate, cell.rounding === rounding ? null : cell.rounding]);
}

const headNames = [
  'id',
  'version',
  'currency',
  'effectiveFrom',
  'corrects',
  'rounding',
  'tax',
] as const;

function headDifferences(before: Tariff, after: Tariff): TariffDiff['head'] {
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return headNames
    .map((name) => ({ name, before: text(before[name]), after: text(after[name]) }))
    .filter((one) => one.before !== one.after);
}
