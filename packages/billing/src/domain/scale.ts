import { formatAmount, isRefusal, money, parseMoney, type Currency } from '@sluice/money';
import { maxDecimalLength, plainDecimal } from './exact.ts';
import type { ElementValue } from './pricing.ts';
import type { IntervalDimension } from './tariff.ts';
import { dateScale, timeOfDayScale, timeScale } from './time-scales.ts';

/** Why an element could not be placed on a scale. */
export interface ElementFault {
  readonly code: 'ELEMENT_WRONG_TYPE' | 'ELEMENT_WRONG_UNIT' | 'CURRENCY_MISMATCH';
  readonly problem: string;
}

/**
 * The line that a dimension's intervals lie on, counted in whole steps (cents, hundredths of a
 * kilogram): nothing exists between two steps, so a gap is at least one step wide.
 */
export interface Scale {
  /** For people, behind a value: `CNY`, `kg`, `Asia/Shanghai`; may be empty. */
  readonly unit: string;
  /** For people, what a bound must be: `plain decimal of CNY such as 0.12`. */
  readonly form: string;
  /** The steps of a bound as written; undefined when it is malformed or finer than a step. */
  parse(text: string): bigint | undefined;
  format(steps: bigint): string;
  /** The steps of a request's element. */
  read(element: unknown): bigint | ElementFault;
  /** The element that a request would carry for these steps. */
  element(steps: bigint): ElementValue;
}

/** The scale of a dimension with intervals. */
export function scaleOf(dimension: ScaleOf<IntervalDimension>, currency: Currency): Scale {
  switch (dimension.type) {
    case 'money':
      return moneyScale(currency);
    case 'number':
      return numberScale(dimension.unit, dimension.decimals);
    case 'date':
      return dateScale(dimension);
    case 'time':
      return timeScale(dimension);
    case 'timeOfDay':
      return timeOfDayScale(dimension);
  }
}

/** What of a dimension says on which scale its intervals lie. */
type ScaleOf<D> = D extends IntervalDimension ? Omit<D, 'intervals'> : never;

function moneyScale(currency: Currency): Scale {
  return {
    unit: currency,
    form: `plain decimal of ${currency} such as ${formatAmount(money(12n, currency))}`,
    parse(text) {
      const amount = parseMoney(text, currency);
      return isRefusal(amount) ? undefined : amount.minor;
    },
    format: (steps) => formatAmount(money(steps, currency)),
    element: (steps) => money(steps, currency),
    // The right answer first: it is what nearly all look-ups ask for.
    read: (element) => (isMoney(element, currency) ? element.minor : moneyFault(element, currency)),
  };
}

function isMoney(element: unknown, currency: Currency): element is { readonly minor: bigint } {
  const given = element as { readonly minor?: unknown; readonly currency?: unknown } | null;
  return (
    typeof given === 'object' && given?.currency === currency && typeof given.minor === 'bigint'
  );
}

function moneyFault(element: unknown, currency: Currency): ElementFault {
  if (typeof element !== 'object' || element === null || !('minor' in element)) {
    return { code: 'ELEMENT_WRONG_TYPE', problem: `must be money in ${currency}` };
  }
  const { currency: given } = element as { readonly currency?: unknown };
  return given === currency
    ? { code: 'ELEMENT_WRONG_TYPE', problem: 'must be money with bigint minor units' }
    : { code: 'CURRENCY_MISMATCH', problem: `is in ${String(given)}, not in ${currency}` };
}

function numberScale(unit: string, decimals: number): Scale {
  const parse = (text: string): bigint | undefined => parseSteps(text, decimals);
  const format = (steps: bigint): string => {
    const digits = (steps < 0n ? -steps : steps).toString().padStart(decimals + 1, '0');
    const whole = digits.slice(0, digits.length - decimals);
    const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
    return `${steps < 0n ? '-' : ''}${whole}${fraction}`;
  };
  return {
    unit,
    form: `plain decimal of ${unit} such as ${format(12n)}`,
    parse,
    format,
    element: (steps) => ({ value: format(steps), unit }),
    read(element) {
      if (typeof element !== 'object' || element === null || !('unit' in element)) {
        return { code: 'ELEMENT_WRONG_TYPE', problem: `must be a quantity in ${unit}` };
      }
      const { value, unit: given } = element as { value?: unknown; unit: unknown };
      if (given !== unit) {
        return { code: 'ELEMENT_WRONG_UNIT', problem: `is in ${String(given)}, not in ${unit}` };
      }
      const steps = typeof value === 'string' ? parse(value) : undefined;
      if (steps !== undefined) return steps;
      if (typeof value !== 'string' || !isDecimal(value)) {
        return { code: 'ELEMENT_WRONG_TYPE', problem: 'must be a plain decimal as text' };
      }
      const problem = `is finer than the ${decimals} decimals of ${unit} that the tariff counts`;
      return { code: 'ELEMENT_WRONG_UNIT', problem };
    },
  };
}

function isDecimal(text: string): boolean {
  return text.length <= maxDecimalLength && plainDecimal.test(text);
}

function parseSteps(text: string, decimals: number): bigint | undefined {
  if (text.length > maxDecimalLength) return undefined;
  const [match, sign = '', whole = '', fraction = ''] = plainDecimal.exec(text) ?? [];
  if (match === undefined || fraction.length > decimals) return undefined;
  const size = BigInt(whole + fraction.padEnd(decimals, '0'));
  if (sign === '') return size;
  return size === 0n ? undefined : -size;
}
