import type { Queryable } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { compileTariff, type CompiledTariff } from '../domain/compile-tariff.ts';
import type { RecordedRequest } from '../domain/simulate/recorded-request.ts';
import {
  compareRequests,
  type SimulatedRequest,
  type SimulationReport,
} from '../domain/simulate/simulate.ts';
import type { Tariff } from '../domain/tariff.ts';
import { loadTariffs } from './load-tariff.ts';

/** What is to be priced again, and by which two states of knowledge. */
export interface RepriceQuery {
  readonly businessId: string;
  readonly requests: readonly RecordedRequest[];
  /** ISO 8601 instant: prices as they were known then. */
  readonly knownThen: string;
  /** And as they were known at this later instant; now when left out. */
  readonly knownNow?: string;
  /** How many movers are listed. */
  readonly movers: number;
}

/**
 * Prices past requests twice, each on its own day: as known at one moment and as known at
 * another. The report is what corrections in between would change.
 *
 * @returns the report; or `DATE_MALFORMED`, `TIME_MALFORMED`, `TARIFF_NOT_FOUND` where no request
 *   has a tariff at either moment, `CURRENCY_MISMATCH` where the versions are of two currencies.
 */
export async function repriceRequests(
  queryable: Queryable,
  { businessId, requests, knownThen, knownNow, movers }: RepriceQuery,
): Promise<SimulationReport | Refusal> {
  const days = [...new Set(requests.map(({ on }) => on))];
  const then = await loadTariffs(queryable, { businessId, days, knownAt: knownThen });
  if (isRefusal(then)) return then;
  const now = await loadTariffs(queryable, {
    businessId,
    days,
    ...(knownNow === undefined ? {} : { knownAt: knownNow }),
  });
  if (isRefusal(now)) return now;
  const all = [...then.values(), ...now.values()].filter((one): one is Tariff => !isRefusal(one));
  const [first] = all;
  if (first === undefined) {
    const problem = `no tariff of ${businessId} was in force on any day of the requests`;
    return refuse('TARIFF_NOT_FOUND', problem, { businessId });
  }
  if (all.some(({ currency }) => currency !== first.currency)) {
    const problem = `the versions of ${businessId} are not in one currency: ask for fewer days`;
    return refuse('CURRENCY_MISMATCH', problem, { businessId });
  }
  const compile = compileOnce();
  const none = refuse('TARIFF_NOT_FOUND', `no tariff of ${businessId}`, { businessId });
  const pairs = requests.map((recorded): SimulatedRequest => {
    const before = then.get(recorded.on) ?? none;
    const after = now.get(recorded.on) ?? none;
    return {
      recorded,
      before: isRefusal(before) ? before : compile(before),
      after: isRefusal(after) ? after : compile(after),
    };
  });
  return compareRequests(pairs, first.currency, { movers });
}

function compileOnce(): (tariff: Tariff) => CompiledTariff {
  const known = new Map<string, CompiledTariff>();
  return (tariff) => {
    const compiled = known.get(tariff.id) ?? compileTariff(tariff);
    known.set(tariff.id, compiled);
    return compiled;
  };
}
