import type { WireMoney } from '@sluice/money';

/** The digits of an amount without its point: minor units as text. */
function minorUnits(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}

/**
 * left + right of the same currency, exactly and without the money package: both amounts carry all
 * decimal places of their currency, as {@link WireMoney} always does.
 */
export function addWire(left: WireMoney, right: WireMoney): WireMoney {
  const places = left.amount.split('.')[1]?.length ?? 0;
  if (left.currency !== right.currency || (right.amount.split('.')[1]?.length ?? 0) !== places) {
    throw new Error(`${left.amount} ${left.currency} + ${right.amount} ${right.currency}`);
  }
  const total = minorUnits(left.amount) + minorUnits(right.amount);
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = places === 0 ? '' : `.${digits.slice(-places)}`;
  return { amount: `${total < 0n ? '-' : ''}${whole}${fraction}`, currency: left.currency };
}

/** Minor units as a whole number for the Int search attribute; exact up to 2^53. */
export function searchableMinor(money: WireMoney): number {
  return parseInt(money.amount.replace('.', ''), 10);
}
