import type { Money, RoundingPolicy } from '@sluice/money';
import type { TariffRate } from './rates/tariff-rate.ts';

/** A number with its unit, such as `{ value: '2.5', unit: 'kg' }`; the value is a plain decimal. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/**
 * Money for a money dimension, a quantity for a number dimension, text for an enumeration, an ISO
 * day or instant as text for dates and times, a list of texts for a set.
 */
export type ElementValue = Money | Quantity | string | readonly string[];

/** The billing elements of a request by dimension name; what no dimension asks for is ignored. */
export type BillingElements = Readonly<Record<string, ElementValue>>;

/** What is to be priced. */
export interface PricingRequest {
  /** What a proportion is taken of, in the tariff's currency. */
  readonly basis: Money;
  readonly elements: BillingElements;
  /** What was priced before in the period, for tiered rates that count it. */
  readonly earlier?: EarlierUse;
}

/** What was priced before in a period. */
export interface EarlierUse {
  readonly basis?: Money;
  /** Quantities by element, as in the request. */
  readonly elements?: BillingElements;
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
  /** Stays the same through all versions in which the cell is only edited around. */
  readonly cellId: string;
  readonly intervals: readonly IntervalHit[];
  readonly rate: TariffRate;
  /** The cell's own policy, or the tariff's. */
  readonly rounding: RoundingPolicy;
}

/** One part of a price. */
export interface QuoteLine {
  /** For people: `40 % of 5.00 CNY`. */
  readonly text: string;
  readonly amount: Money;
}

/** The tax in a price. */
export interface QuoteTax {
  readonly name: string;
  /** `0.06` is 6 %. */
  readonly rate: string;
  /** Whether the rates were written with the tax inside. */
  readonly included: boolean;
  readonly net: Money;
  readonly amount: Money;
}

/** A price and its whole explanation. */
export interface Quote extends TariffCell {
  readonly amount: Money;
  readonly tariffId: string;
  readonly tariffVersion: number;
  /** What of the amount is tax; null where the tariff says nothing of tax. */
  readonly tax: QuoteTax | null;
  /** They add up to `amount`. */
  readonly lines: readonly QuoteLine[];
}
