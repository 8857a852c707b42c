import {
  compileTariff,
  parseTariff,
  type CompiledTariff,
  type PricingRequest,
  type Tariff,
} from '@sluice/billing';
import { expectAnswer, money } from '@sluice/money';

/** A tariff of money dimensions that all have the same number of intervals. */
export interface Shape {
  readonly dimensions: number;
  readonly intervals: number;
}

/** What is measured on one shape. */
export interface Table {
  readonly shape: Shape;
  readonly cells: number;
  readonly message: object;
  readonly tariff: Tariff;
  readonly compiled: CompiledTariff;
}

const currency = 'USD';
/** Width of an interval in cents. */
const width = 100;

/** The name of a shape in rows: `4 dimensions, 4,096 cells`. */
export function shapeName({ dimensions, intervals }: Shape): string {
  const cells = (intervals ** dimensions).toLocaleString('en');
  return `${dimensions} ${dimensions === 1 ? 'dimension' : 'dimensions'}, ${cells} cells`;
}

/** Makes the table; each cell has a price of its own. */
export function makeTable(shape: Shape): Table {
  const message = messageOf(shape);
  const tariff = expectAnswer(parseTariff(message));
  const cells = shape.intervals ** shape.dimensions;
  return { shape, cells, message, tariff, compiled: compileTariff(tariff) };
}

/** The message of a shape, a line of rates for each cell. */
export function messageOf({ dimensions: count, intervals: size }: Shape): object {
  const names = Array.from({ length: count }, (_, place) => `d${place}`);
  const intervals = Array.from({ length: size }, (_, place) => ({
    from: `${place}.00`,
    to: `${place + 1}.00`,
  }));
  const rates = Array.from({ length: size ** count }, (_, index) => ({
    cell: Object.fromEntries(placesOf(index, count, size).map((place, d) => [`d${d}`, place + 1])),
    flat: `${index}.00`,
  }));
  return {
    ...{ id: 'bench-1', businessId: 'bench', version: 1, currency, effectiveFrom: '2017-01-01' },
    rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
    dimensions: names.map((name) => ({ name, type: 'money', intervals })),
    order: names,
    rates,
  };
}

/** The places of a cell, the last dimension changing fastest. */
export function placesOf(index: number, count: number, size: number): readonly number[] {
  const places: number[] = [];
  let rest = index;
  for (let dimension = 0; dimension < count; dimension += 1) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places;
}

/** Amounts for each dimension, the same ones in every run, and the index of their cell. */
export interface Probe {
  readonly cents: readonly number[];
  readonly index: number;
  readonly request: PricingRequest;
}

/** Some requests, spread over the table by a fixed generator. */
export function probesOf({ dimensions, intervals }: Shape, count: number): readonly Probe[] {
  let state = 42;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => {
    const cents = Array.from({ length: dimensions }, () => next(intervals * width));
    const index = cents.reduce((sum, one) => sum * intervals + Math.floor(one / width), 0);
    const elements = Object.fromEntries(
      cents.map((one, dimension) => [`d${dimension}`, money(BigInt(one), currency)]),
    );
    return { cents, index, request: { basis: money(100n, currency), elements } };
  });
}
