import type { Decimal } from 'decimal.js';
import { refuse, type Refusal } from '@sluice/money';
import { Exact, readDecimal } from '../exact.ts';
import type { BillingElements } from '../pricing.ts';

/** Which element of a request a rate counts. */
export interface RateUnits {
  readonly element: string;
  /** The unit that the element must be in. */
  readonly unit: string;
  /** What a part of a unit counts as. */
  readonly parts: PartsRule;
}

/** A part of a unit as it is, as a whole unit, as nothing, or by its half. */
export type PartsRule = 'exact' | 'up' | 'down' | 'half-up';

/** All rules, for schemas. */
export const partsRules = ['exact', 'up', 'down', 'half-up'] as const;

const modes = {
  up: Exact.ROUND_UP,
  down: Exact.ROUND_DOWN,
  'half-up': Exact.ROUND_HALF_UP,
} as const;

/**
 * The units that a request carries, by the rule for parts.
 *
 * @returns the count, or `ELEMENT_MISSING`, `ELEMENT_WRONG_TYPE`, `ELEMENT_WRONG_UNIT` or
 *   `OUT_OF_RANGE` (below zero) with the element named.
 */
export function countUnits(
  { element, unit, parts }: RateUnits,
  elements: BillingElements,
): Decimal | Refusal {
  const given: unknown = Object.hasOwn(elements, element) ? elements[element] : undefined;
  if (given === undefined) {
    const why = `the rate counts its ${unit}`;
    return refuse('ELEMENT_MISSING', `the billing element "${element}" is missing: ${why}`, {
      element,
    });
  }
  const wrong = (code: string, problem: string): Refusal =>
    refuse(code, `the billing element "${element}" ${problem}`, { element });
  if (typeof given !== 'object' || given === null || !('unit' in given)) {
    return wrong('ELEMENT_WRONG_TYPE', `must be a quantity in ${unit}`);
  }
  if (given.unit !== unit) {
    return wrong('ELEMENT_WRONG_UNIT', `is in ${String(given.unit)}, not in ${unit}`);
  }
  const count = readDecimal('value' in given ? given.value : undefined);
  if (count === undefined) return wrong('ELEMENT_WRONG_TYPE', 'must be a plain decimal as text');
  if (count.isNegative()) return wrong('OUT_OF_RANGE', 'is below zero: it cannot be counted');
  return parts === 'exact' ? count : count.toDecimalPlaces(0, modes[parts]);
}

/** The unit as the tariff writes it: `40 call`. */
export function unitsText(count: Decimal, { unit }: RateUnits): string {
  return `${count.toFixed()} ${unit}`;
}
