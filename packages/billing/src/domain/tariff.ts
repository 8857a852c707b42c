import type { Currency, RoundingPolicy } from '@sluice/money';
import type { TariffRate } from './rates/tariff-rate.ts';

/**
 * A billing rule that was checked: complete, without gap or overlap. Plain JSON data in one
 * canonical form, so equal tariffs are equal values. Only `parseTariff`, `joinTariff` and
 * `loadTariff` make one.
 */
export interface Tariff {
  /** Names this one version; joins the four entities. */
  readonly id: string;
  /** What is priced, such as `subsidy-share`; its versions follow one another by date. */
  readonly businessId: string;
  readonly version: number;
  /** Of the basis, of every money dimension and of every amount here. */
  readonly currency: Currency;
  /** The first day it prices, `YYYY-MM-DD`, until a later version begins. */
  readonly effectiveFrom: string;
  readonly rounding: RoundingPolicy;
  /** In the stored order, which is the order of the numbers in a cell. */
  readonly dimensions: readonly Dimension[];
  /** One per cell, in the order of the cells: the last dimension changes fastest. */
  readonly rates: readonly CellRate[];
}

/** One billing element that the price depends on. */
export type Dimension = MoneyDimension | NumberDimension | EnumerationDimension;

/** Intervals of amounts in the tariff's currency. */
export interface MoneyDimension {
  readonly name: string;
  readonly type: 'money';
  readonly intervals: readonly Interval[];
}

/** Intervals of quantities of one unit, counted in steps of 10^-decimals. */
export interface NumberDimension {
  readonly name: string;
  readonly type: 'number';
  readonly unit: string;
  readonly decimals: number;
  readonly intervals: readonly Interval[];
}

/** A list of names, each an interval of its own. */
export interface EnumerationDimension {
  readonly name: string;
  readonly type: 'enumeration';
  readonly values: readonly EnumeratedValue[];
  /** The value that stands for every name not listed; null refuses those. */
  readonly default: string | null;
}

/** A dimension whose single intervals are ranges. */
export type IntervalDimension = MoneyDimension | NumberDimension;

/** A range of a dimension. A bound of null has no end; bounds are exact decimals as text. */
export interface Interval {
  /** Its number in cells, from 1. */
  readonly number: number;
  readonly from: string | null;
  readonly fromIncluded: boolean;
  readonly to: string | null;
  readonly toIncluded: boolean;
}

/** A value of an enumeration. */
export interface EnumeratedValue {
  /** Its number in cells, from 1. */
  readonly number: number;
  readonly value: string;
}

/** The rate of one cell. */
export interface CellRate {
  /** The patent's combined interval number: one number per dimension in order, as `2-1`. */
  readonly cell: string;
  readonly rate: TariffRate;
}
