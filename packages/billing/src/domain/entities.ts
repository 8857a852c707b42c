import type { Currency, RoundingPolicy } from '@sluice/money';
import { cellNames } from './cells.ts';
import type { TariffRate } from './rates/tariff-rate.ts';
import type { CellRate, Dimension, Tariff, TariffTax } from './tariff.ts';

/** The main rule; key: the business id (CN112070557B). */
export interface MainEntity {
  readonly key: string;
  readonly tariffId: string;
  readonly businessId: string;
  readonly version: number;
  readonly currency: Currency;
  readonly effectiveFrom: string;
  readonly corrects?: string;
  readonly rounding: RoundingPolicy;
  readonly tax?: TariffTax;
}

/** The single intervals of one dimension; key: tariff id and dimension name. */
export interface DefinitionEntity {
  readonly key: string;
  readonly tariffId: string;
  readonly definition: Dimension;
}

/** The order in which interval numbers are combined; key: the tariff id. */
export interface OrderEntity {
  readonly key: string;
  readonly tariffId: string;
  readonly dimensions: readonly string[];
}

/** The rate of one cell; key: tariff id and combined interval number. */
export interface RateEntity {
  readonly key: string;
  readonly tariffId: string;
  readonly combinedInterval: string;
  readonly rate: TariffRate;
  /** Names the cell through all versions; left out where the combined interval number does. */
  readonly cellId?: string;
  readonly rounding?: RoundingPolicy;
}

/** The four entities of a tariff, joined by the tariff id. */
export interface TariffEntities {
  readonly main: MainEntity;
  readonly definitions: readonly DefinitionEntity[];
  readonly order: OrderEntity;
  readonly rates: readonly RateEntity[];
}

/** Splits a tariff into its four entities, each with the patent's key (CN112070557B, "split"). */
export function splitTariff(tariff: Tariff): TariffEntities {
  const tariffId = tariff.id;
  return {
    main: { key: tariff.businessId, tariffId, ...headOf(tariff) },
    definitions: tariff.dimensions.map((definition) => ({
      key: `${tariffId}:${definition.name}`,
      tariffId,
      definition,
    })),
    order: { key: tariffId, tariffId, dimensions: tariff.dimensions.map(({ name }) => name) },
    rates: tariff.rates.map(({ cell, id, ...priced }) => ({
      key: `${tariffId}:${cell}`,
      tariffId,
      combinedInterval: cell,
      ...priced,
      ...(id === undefined ? {} : { cellId: id }),
    })),
  };
}

/**
 * Puts a tariff together from its entities, in whatever sequence definitions and rates come.
 *
 * @throws when an entity is missing, left over or of another tariff: what was stored is broken.
 */
export function joinTariff(entities: TariffEntities): Tariff {
  const { main, order } = entities;
  const all = [...entities.definitions, order, ...entities.rates];
  const stranger = all.find(({ tariffId }) => tariffId !== main.tariffId);
  if (stranger !== undefined) throw broken(main, `entity ${stranger.key} is of another tariff`);
  const dimensions = arrangeDimensions(
    main,
    order.dimensions,
    entities.definitions.map(({ definition }) => definition),
  );
  const rates = entities.rates.map(
    (entity) => [entity.combinedInterval, cellRateOf(entity)] as const,
  );
  return assembleTariff(main, dimensions, new Map(rates));
}

/**
 * The dimensions in the stored order.
 *
 * @throws when one is missing or left over: what was stored is broken.
 */
export function arrangeDimensions(
  main: MainEntity,
  order: readonly string[],
  definitions: readonly Dimension[],
): readonly Dimension[] {
  return arrange(main, order, new Map(definitions.map((one) => [one.name, one])));
}

/**
 * Puts a tariff together from its main rule, its dimensions and its rates by cell.
 *
 * @throws when a rate is missing or left over: what was stored is broken.
 */
export function assembleTariff(
  main: MainEntity,
  dimensions: readonly Dimension[],
  rates: ReadonlyMap<string, CellRate>,
): Tariff {
  const cells = arrange(main, cellNames(dimensions), rates);
  return { id: main.tariffId, ...headOf(main), dimensions, rates: cells };
}

function headOf(from: Tariff | MainEntity): Omit<Tariff, 'id' | 'dimensions' | 'rates'> {
  const { businessId, version, currency, effectiveFrom, corrects, rounding, tax } = from;
  return {
    ...{ businessId, version, currency, effectiveFrom, rounding },
    ...(corrects === undefined ? {} : { corrects }),
    ...(tax === undefined ? {} : { tax }),
  };
}

function cellRateOf({ combinedInterval, rate, cellId, rounding }: RateEntity): CellRate {
  return {
    cell: combinedInterval,
    rate,
    ...(cellId === undefined ? {} : { id: cellId }),
    ...(rounding === undefined ? {} : { rounding }),
  };
}

function arrange<T>(
  main: MainEntity,
  names: readonly string[],
  found: ReadonlyMap<string, T>,
): readonly T[] {
  if (found.size !== names.length) {
    throw broken(main, `${names.length} entities expected, ${found.size} found`);
  }
  return names.map((name) => {
    const entity = found.get(name);
    if (entity === undefined) throw broken(main, `no entity for ${name}`);
    return entity;
  });
}

function broken(main: MainEntity, problem: string): Error {
  return new Error(`tariff ${main.tariffId} cannot be joined: ${problem}`);
}
