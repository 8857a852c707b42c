import type { Money, RoundingPolicy } from '@sluice/money';
import type { TariffRate } from './rates/tariff-rate.ts';

/** A number with its unit, such as `{ value: '2.5', unit: 'kg' }`; the value is a plain decimal. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/** Money for a money dimension, a quantity for a number dimension, text for an enumeration. */
export type ElementValue = Money | Quantity | string;

/** The billing elements of a request by dimension name; what no dimension asks for is ignored. */
export type BillingElements = Readonly<Record<string, ElementValue>>;

/** What is to be priced. */
export interface PricingRequest {
  /** What a proportion is taken of, in the tariff's currency. */
  readonly basis: Money;
  readonly elements: BillingElements;
}

/** Which interval of a dimension a request fell into. */
export interface IntervalHit {
  readonly dimension: string;
  readonly number: number;
  /** For people: `from 1.00 to below 5.00 CNY`, or the enumeration's value. */
  readonly label: string;
}

/** What one look-up finds: the cell, how it was reached, and its rate. */
export interface TariffCell {
  /** The patent's combined interval number: `2-1`. */
  readonly cell: string;
  readonly intervals: readonly IntervalHit[];
  readonly rate: TariffRate;
}

/** One part of a price. */
export interface QuoteLine {
  /** For people: `40 % of 5.00 CNY`. */
  readonly text: string;
  readonly amount: Money;
}

/** A price and its whole explanation. */
export interface Quote extends TariffCell {
  readonly amount: Money;
  readonly tariffId: string;
  readonly tariffVersion: number;
  readonly rounding: RoundingPolicy;
  /** They add up to `amount`. */
  readonly lines: readonly QuoteLine[];
}
