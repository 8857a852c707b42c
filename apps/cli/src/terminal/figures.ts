import { formatAmount, money } from '@sluice/money';

/** An amount or a count as people read it: `9711.63` becomes `9,711.63`. */
export function grouped(figure: string | number | bigint): string {
  const [whole = '', ...fraction] = String(figure).split('.');
  return [whole.replaceAll(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}

/** Minor units as people read them, without the currency. */
export function showMinor(minor: bigint, currency: string): string {
  return grouped(formatAmount(money(minor, currency)));
}

/** `1 redemption`, `2 redemptions`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** How long something took, from its start as `performance.now()` gave it. */
export function elapsed(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`;
}
