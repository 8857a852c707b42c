import { formatAmount, isRefusal, money, parseMoney, type Currency } from '@sluice/money';

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
  /** `CNY`, `kg`. */
  readonly unit: string;
  /** The steps of a bound as written; undefined when it is malformed or finer than a step. */
  parse(text: string): bigint | undefined;
  format(steps: bigint): string;
  /** The steps of a request's element. */
  read(element: unknown): bigint | ElementFault;
}

/** The scale of a dimension with intervals. */
export function scaleOf(
  dimension:
    | { readonly type: 'money' }
    | { readonly type: 'number'; readonly unit: string; readonly decimals: number },
  currency: Currency,
): Scale {
  return dimension.type === 'money'
    ? moneyScale(currency)
    : numberScale(dimension.unit, dimension.decimals);
}

function moneyScale(currency: Currency): Scale {
  return {
    unit: currency,
    parse(text) {
      const amount = parseMoney(text, currency);
      return isRefusal(amount) ? undefined : amount.minor;
    },
    format: (steps) => formatAmount(money(steps, currency)),
    read(element) {
      if (typeof element !== 'object' || element === null || !('minor' in element)) {
        return { code: 'ELEMENT_WRONG_TYPE', problem: `must be money in ${currency}` };
      }
      const { minor, currency: given } = element as { minor: unknown; currency?: unknown };
      if (given !== currency) {
        return { code: 'CURRENCY_MISMATCH', problem: `is in ${String(given)}, not in ${currency}` };
      }
      return typeof minor === 'bigint'
        ? minor
        : { code: 'ELEMENT_WRONG_TYPE', problem: 'must be money with bigint minor units' };
    },
  };
}

const decimal = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

function numberScale(unit: string, decimals: number): Scale {
  const parse = (text: string): bigint | undefined => {
    const [match, sign = '', whole = '', fraction = ''] = decimal.exec(text) ?? [];
    if (match === undefined || fraction.length > decimals) return undefined;
    const size = BigInt(whole + fraction.padEnd(decimals, '0'));
    if (sign === '') return size;
    return size === 0n ? undefined : -size;
  };
  return {
    unit,
    parse,
    format(steps) {
      const digits = (steps < 0n ? -steps : steps).toString().padStart(decimals + 1, '0');
      const whole = digits.slice(0, digits.length - decimals);
      const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
      return `${steps < 0n ? '-' : ''}${whole}${fraction}`;
    },
    read(element) {
      if (typeof element !== 'object' || element === null || !('unit' in element)) {
        return { code: 'ELEMENT_WRONG_TYPE', problem: `must be a quantity in ${unit}` };
      }
      const { value, unit: given } = element as { value?: unknown; unit: unknown };
      if (given !== unit) {
        return { code: 'ELEMENT_WRONG_UNIT', problem: `is in ${String(given)}, not in ${unit}` };
      }
      const malformed = typeof value !== 'string' || !decimal.test(value);
      if (malformed) {
        return { code: 'ELEMENT_WRONG_TYPE', problem: 'must be a plain decimal as text' };
      }
      const tooFine = `is finer than the ${decimals} decimals of ${unit} that the tariff counts`;
      return parse(value) ?? { code: 'ELEMENT_WRONG_UNIT', problem: tooFine };
    },
  };
}
