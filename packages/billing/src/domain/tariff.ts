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
  /** The id of the version that this one corrects from the same day on; left out for none. */
  readonly corrects?: string;
  readonly rounding: RoundingPolicy;
  /** Left out where the tariff says nothing of tax. */
  readonly tax?: TariffTax;
  /** In the stored order, which is the order of the numbers in a cell. */
  readonly dimensions: readonly Dimension[];
  /** One per cell, in the order of the cells: the last dimension changes fastest. */
  readonly rates: readonly CellRate[];
}

/** The tax on every price of a tariff. */
export interface TariffTax {
  /** For people: `VAT`. */
  readonly name: string;
  /** Exact decimal: `0.06` is 6 %. */
  readonly rate: string;
  /** True: rates are written with the tax inside. False: it comes on top. */
  readonly included: boolean;
}

/** One billing element that the price depends on. */
export type Dimension = IntervalDimension | EnumerationDimension | SetDimension;

/** What all dimensions have. */
interface Named {
  readonly name: string;
  /**
   * The highest number that an interval ever had, where that interval is gone: numbers are never
   * given twice. Left out otherwise.
   */
  readonly lastNumber?: number;
}

/** Intervals of amounts in the tariff's currency. */
export interface MoneyDimension extends Named {
  readonly type: 'money';
  readonly intervals: readonly Interval[];
}

/** Intervals of quantities of one unit, counted in steps of 10^-decimals. */
export interface NumberDimension extends Named {
  readonly type: 'number';
  readonly unit: string;
  readonly decimals: number;
  readonly intervals: readonly Interval[];
}

/** Intervals of days. */
export interface DateDimension extends Named {
  readonly type: 'date';
  /** In which bounds are written, `iso8601` or another of Temporal's: `persian`, `chinese`. */
  readonly calendar: string;
  /** Where an instant is which day; null takes days alone. */
  readonly timeZone: string | null;
  readonly intervals: readonly Interval[];
}

/** Intervals of instants, counted in microseconds. */
export interface TimeDimension extends Named {
  readonly type: 'time';
  readonly calendar: string;
  /** Of the bounds: `Asia/Shanghai`. */
  readonly timeZone: string;
  readonly intervals: readonly Interval[];
}

/** Intervals of the wall clock, counted in microseconds of the day. */
export interface TimeOfDayDimension extends Named {
  readonly type: 'timeOfDay';
  /** Where an instant is which time of the day. */
  readonly timeZone: string;
  readonly intervals: readonly Interval[];
}

/** A list of names, each an interval of its own. */
export interface EnumerationDimension extends Named {
  readonly type: 'enumeration';
  readonly values: readonly EnumeratedValue[];
  /** The value that stands for every name not listed; null refuses those. */
  readonly default: string | null;
}

/**
 * Classes of sets: the request's element holds several values. Which classes there are is said by
 * values that must and must not be in the set, so that each subset lies in exactly one class.
 */
export interface SetDimension extends Named {
  readonly type: 'set';
  /** The values that matter, at most {@link maxSetValues}. */
  readonly values: readonly string[];
  /** What happens to a value that is not listed. */
  readonly unlisted: 'refuse' | 'ignore';
  readonly classes: readonly SetClass[];
}

/** The most values of a set dimension: all subsets of them are looked at. */
export const maxSetValues = 12;

/** The sets that hold all of `with` and none of `without`. */
export interface SetClass {
  /** Its number in cells, from 1. */
  readonly number: number;
  /** Names the class in cells. */
  readonly value: string;
  readonly with: readonly string[];
  readonly without: readonly string[];
}

/** A dimension whose single intervals are ranges. */
export type IntervalDimension =
  MoneyDimension | NumberDimension | DateDimension | TimeDimension | TimeOfDayDimension;

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
  /** Names the cell through all versions; left out where that is `cell`. */
  readonly id?: string;
  /** Of this cell alone; left out where the tariff's holds. */
  readonly rounding?: RoundingPolicy;
}
