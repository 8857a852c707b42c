import { isRefusal, money, refuse, type Currency, type Money, type Refusal } from '@sluice/money';
import type { CompiledTariff } from '../compile-tariff.ts';
import type { IntervalHit, Quote } from '../pricing.ts';
import { quote } from '../quote.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** Money before and after, over some requests. */
export interface Shift {
  readonly requests: number;
  readonly before: Money;
  readonly after: Money;
  /** After less before. */
  readonly difference: Money;
}

/** What happened in one cell of the later tariff. */
export interface CellShift extends Shift {
  readonly tariffId: string;
  readonly cell: string;
  readonly cellId: string;
  readonly intervals: readonly IntervalHit[];
}

/** A request whose price moved. */
export interface Mover {
  readonly id: string;
  readonly payee: string | null;
  readonly before: Money;
  readonly after: Money;
  readonly difference: Money;
  readonly beforeCell: string;
  readonly afterCell: string;
}

/** Requests that one of the tariffs, or both, cannot price. */
export interface Unpriced {
  readonly code: string;
  readonly by: 'before' | 'after' | 'both';
  readonly requests: number;
  /** The first of them. */
  readonly example: string;
}

/** The difference that another tariff makes on recorded requests. */
export interface SimulationReport {
  /** Over all requests that both price. */
  readonly total: Shift;
  /** How many of them have another price. */
  readonly changed: number;
  /** The greatest difference first. */
  readonly byCell: readonly CellShift[];
  /** By payee, where requests name one; the greatest difference first. */
  readonly byPayee: readonly (Shift & { readonly payee: string })[];
  /** The requests that move most, the greatest first, of equals the earlier. */
  readonly movers: readonly Mover[];
  readonly unpriced: readonly Unpriced[];
}

/** One request and the two tariffs that price it. */
export interface SimulatedRequest {
  readonly recorded: RecordedRequest;
  readonly before: CompiledTariff | Refusal;
  readonly after: CompiledTariff | Refusal;
}

/** How much a report shows. */
export interface SimulationOptions {
  /** How many movers are listed. */
  readonly movers: number;
}

/**
 * Prices recorded requests by the tariff in force and by a draft, and sums up the difference.
 *
 * @returns the report, or `CURRENCY_MISMATCH` where the two price in different currencies.
 */
export function simulate(
  current: CompiledTariff,
  draft: CompiledTariff,
  requests: Iterable<RecordedRequest>,
  options: SimulationOptions,
): SimulationReport | Refusal {
  if (current.currency !== draft.currency) {
    const problem = `${current.id} prices in ${current.currency}, ${draft.id} in ${draft.currency}`;
    return refuse('CURRENCY_MISMATCH', problem, { tariff: draft.id });
  }
  const pairs = (function* (): Generator<SimulatedRequest> {
    for (const recorded of requests) yield { recorded, before: current, after: draft };
  })();
  return compareRequests(pairs, current.currency, options);
}

/** As {@link simulate}, each request by two tariffs of its own, all in one currency. */
export function compareRequests(
  requests: Iterable<SimulatedRequest>,
  currency: Currency,
  { movers: most }: SimulationOptions,
): SimulationReport {
  const total = new Sum();
  const cells = new Map<string, { readonly sum: Sum; readonly quote: Quote }>();
  const payees = new Map<string, Sum>();
  const movers = new Movers(most);
  const unpriced = new Map<string, Unpriced>();
  let changed = 0;
  for (const { recorded, before: first, after: second } of requests) {
    const before = priceBy(first, recorded);
    const after = priceBy(second, recorded);
    if (isRefusal(before) || isRefusal(after)) {
      countUnpriced(unpriced, recorded, before, after);
      continue;
    }
    total.add(before, after);
    const key = `${after.tariffId}:${after.cell}`;
    const cell = cells.get(key) ?? { sum: new Sum(), quote: after };
    cell.sum.add(before, after);
    cells.set(key, cell);
    if (recorded.payee !== null) {
      const sum = payees.get(recorded.payee) ?? new Sum();
      sum.add(before, after);
      payees.set(recorded.payee, sum);
    }
    if (before.amount.minor === after.amount.minor) continue;
    changed += 1;
    movers.offer(recorded, before, after);
  }
  return {
    total: total.shift(currency),
    changed,
    byCell: [...cells.values()]
      .map(({ sum, quote: { tariffId, cell, cellId, intervals } }) => {
        return { ...sum.shift(currency), tariffId, cell, cellId, intervals };
      })
      .sort(byDifference),
    byPayee: [...payees]
      .map(([payee, sum]) => ({ payee, ...sum.shift(currency) }))
      .sort(byDifference),
    movers: movers.list,
    unpriced: [...unpriced.values()],
  };
}

function priceBy(tariff: CompiledTariff | Refusal, { request }: RecordedRequest): Quote | Refusal {
  return isRefusal(tariff) ? tariff : quote(tariff, request);
}

class Sum {
  #requests = 0;
  #before = 0n;
  #after = 0n;

  add(before: Quote, after: Quote): void {
    this.#requests += 1;
    this.#before += before.amount.minor;
    this.#after += after.amount.minor;
  }

  shift(currency: Currency): Shift {
    return {
      requests: this.#requests,
      before: money(this.#before, currency),
      after: money(this.#after, currency),
      difference: money(this.#after - this.#before, currency),
    };
  }
}

function size({ difference }: { readonly difference: Money }): bigint {
  return difference.minor < 0n ? -difference.minor : difference.minor;
}

function byDifference(
  left: { readonly difference: Money },
  right: { readonly difference: Money },
): number {
  const [a, b] = [size(left), size(right)];
  if (a === b) return 0;
  return a > b ? -1 : 1;
}

/** The largest movers seen so far, in order; memory does not grow with the requests. */
class Movers {
  readonly list: Mover[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  offer({ id, payee }: RecordedRequest, before: Quote, after: Quote): void {
    const { currency } = after.amount;
    const mover: Mover = {
      ...{ id, payee, before: before.amount, after: after.amount },
      difference: money(after.amount.minor - before.amount.minor, currency),
      ...{ beforeCell: before.cell, afterCell: after.cell },
    };
    const smaller = this.list.findLastIndex((other) => size(other) >= size(mover));
    if (smaller + 1 >= this.#most) return;
    this.list.splice(smaller + 1, 0, mover);
    this.list.length = Math.min(this.list.length, this.#most);
  }
}

function countUnpriced(
  unpriced: Map<string, Unpriced>,
  { id }: RecordedRequest,
  before: Quote | Refusal,
  after: Quote | Refusal,
): void {
  const refusal = isRefusal(after) ? after : before;
  if (!isRefusal(refusal)) return;
  const by = isRefusal(before) && isRefusal(after) ? 'both' : isRefusal(after) ? 'after' : 'before';
  const { code } = refusal;
  const key = `${by} ${code}`;
  const known = unpriced.get(key) ?? { code, by, requests: 0, example: id };
  unpriced.set(key, { ...known, requests: known.requests + 1 });
}
