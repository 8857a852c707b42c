import { expectAnswer, isRefusal, money, type Refusal } from '@sluice/money';
import {
  compileTariff,
  parseTariff,
  quote,
  type CompiledTariff,
  type PricingRequest,
  type Quote,
} from '../index.ts';

/** A message with one cell that takes every amount, priced by this line. */
export function oneCell(line: object, change: object = {}): object {
  return {
    id: 'one-1',
    businessId: 'one',
    version: 1,
    currency: 'USD',
    effectiveFrom: '2020-01-01',
    rounding: { mode: 'half-up', scale: 'currency', stage: 'line' },
    dimensions: [{ name: 'any', type: 'enumeration', values: ['all'], default: 'all' }],
    order: ['any'],
    rates: [{ cell: { any: '*' }, ...line }],
    ...change,
  };
}

/** That message, compiled. */
export function oneRate(line: object, change: object = {}): CompiledTariff {
  return compileTariff(expectAnswer(parseTariff(oneCell(line, change))));
}

/** The texts of what is wrong with that line. */
export function faultsOfRate(line: object, change: object = {}): readonly string[] {
  const answer = parseTariff(oneCell(line, change));
  return isRefusal(answer) ? (answer.details['faults'] as readonly string[]) : [];
}

/** What is asked of a tariff of one cell, in cents and calls. */
export interface Asked {
  readonly basis?: bigint;
  readonly calls?: string;
  readonly before?: string;
  readonly basisBefore?: bigint;
}

/** The answer of a tariff with one cell. */
export function ask(tariff: CompiledTariff, asked: Asked): Quote | Refusal {
  const { basis = 0n, calls, before, basisBefore } = asked;
  const count = (value: string): { calls: { value: string; unit: string } } => ({
    calls: { value, unit: 'call' },
  });
  const request: PricingRequest = {
    basis: money(basis, 'USD'),
    elements: { any: 'all', ...(calls === undefined ? {} : count(calls)) },
    earlier: {
      ...(before === undefined ? {} : { elements: count(before) }),
      ...(basisBefore === undefined ? {} : { basis: money(basisBefore, 'USD') }),
    },
  };
  return quote(tariff, request);
}

/** The cents of the answer, or the code of its refusal. */
export function centsOrCode(tariff: CompiledTariff, asked: Asked): bigint | string {
  const answer = ask(tariff, asked);
  return isRefusal(answer) ? answer.code : answer.amount.minor;
}
