import type { CellMessage } from '../rate-lines.ts';
import type { RateTermsMessage } from '../rates/rate-message.ts';
import type { DimensionMessage } from '../tariff-message.ts';

/** The single interval that is meant: its number, or its value in an enumeration or set. */
export type Single = number | string;

/** One change of a tariff. Prices and cells that it does not speak of stay. */
export type TariffEdit =
  | AddInterval
  | AddValue
  | SetDefault
  | SplitInterval
  | MergeIntervals
  | RemoveInterval
  | ReplaceClasses
  | AddDimension
  | RemoveDimension
  | SetRate;

/** Adds an interval below or above the others; its new cells are priced as those of another. */
export interface AddInterval {
  readonly op: 'add-interval';
  readonly dimension: string;
  readonly interval: {
    readonly from: string | null;
    readonly fromIncluded?: boolean;
    readonly to: string | null;
    readonly toIncluded?: boolean;
  };
  readonly priceAs: number;
}

/**
 * Adds a value to an enumeration. So a name that the default stood for is moved out of it: priced
 * as the default, it costs what it did.
 */
export interface AddValue {
  readonly op: 'add-value';
  readonly dimension: string;
  readonly value: string;
  readonly priceAs: string;
}

/** Says which value of an enumeration stands for the names that it does not list. */
export interface SetDefault {
  readonly op: 'set-default';
  readonly dimension: string;
  /** One of its values; null refuses names that are not listed. */
  readonly value: string | null;
}

/** Cuts an interval in two that are priced alike until a rate is set. */
export interface SplitInterval {
  readonly op: 'split-interval';
  readonly dimension: string;
  readonly number: number;
  /** The bound between the two, as the dimension writes bounds. */
  readonly at: string;
  /** Which part the bound itself belongs to. */
  readonly boundIn: 'lower' | 'upper';
  /** Which part keeps the number and the cells; the other's are new. */
  readonly keeps: 'lower' | 'upper';
}

/** Makes one of two neighbours; it keeps the number, the cells and the prices of one of them. */
export interface MergeIntervals {
  readonly op: 'merge-intervals';
  readonly dimension: string;
  readonly numbers: readonly [number, number];
  readonly keeps: number;
}

/**
 * Takes away an interval at an end, or a value of an enumeration, with its cells. The name is then
 * one that is not listed; the default itself is not taken away before it has a successor.
 */
export interface RemoveInterval {
  readonly op: 'remove-interval';
  readonly dimension: string;
  readonly interval: Single;
}

/** Cuts the sets anew. A class of a known name stays the same class; others are new. */
export interface ReplaceClasses {
  readonly op: 'replace-classes';
  readonly dimension: string;
  readonly classes: readonly {
    readonly value: string;
    readonly with?: readonly string[];
    readonly without?: readonly string[];
    /** The class whose prices a new one begins with. */
    readonly priceAs?: string;
  }[];
}

/** Adds a dimension; at first nothing costs more or less for it. */
export interface AddDimension {
  readonly op: 'add-dimension';
  readonly dimension: DimensionMessage;
  /** Its place in the order, from 0; the last one when left out. */
  readonly place?: number;
  /** Whose cells are the ones that were there before. */
  readonly keeps: Single;
}

/** Takes away a dimension; the cells of one of its intervals stay. */
export interface RemoveDimension {
  readonly op: 'remove-dimension';
  readonly dimension: string;
  readonly keeps: Single;
}

/** Prices cells anew; they stay the same cells. */
export interface SetRate {
  readonly op: 'set-rate';
  /** As in the message: a value, a number or `*` for each dimension. */
  readonly cell: CellMessage;
  readonly rate: RateTermsMessage;
}
