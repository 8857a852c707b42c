import { withTransaction } from '@sluice/database';
import { isRefusal, money, parseCurrency, toWire } from '@sluice/money';
import { closePool, forecastModel, sizePool } from '@sluice/pool';
import type { Activities } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { forecastSellers, openWholePool } from './open-pool.ts';
import { planPayouts } from './plan-payouts.ts';
import { poolInputFault } from './pool-input-fault.ts';
import { orRefusal } from './refuse-all.ts';

type PoolActivities = Pick<Activities, 'sizePool' | 'openPool' | 'closePool' | 'planPayouts'>;

/** The activities of a pool's life: sizing, opening, planning its payouts, closing. */
export function createPoolActivities(dependencies: Dependencies): PoolActivities {
  const { database } = dependencies;
  return {
    async sizePool(input) {
      const fault = poolInputFault(input);
      if (fault !== undefined) return fault;
      const forecasts = await forecastSellers(database, input);
      const { expectedMinor, sizeMinor } = sizePool(forecasts);
      return {
        kind: 'sized',
        sellers: forecasts.length,
        expected: toWire(money(expectedMinor, input.currency)),
        size: toWire(money(sizeMinor, input.currency)),
        model: forecastModel,
      };
    },
    async openPool(input) {
      const fault = poolInputFault(input);
      if (fault !== undefined) return fault;
      return orRefusal(withTransaction(database, (tx) => openWholePool(tx, input)));
    },
    async closePool({ poolId, currency: code }) {
      const currency = parseCurrency(code);
      if (isRefusal(currency)) return currency;
      const closing = await withTransaction(database, (tx) => closePool(tx, poolId));
      if (isRefusal(closing)) return closing;
      return {
        kind: 'closed',
        released: closing.released.map(({ sourceId, releasedMinor }) => ({
          sourceId,
          unused: toWire(money(releasedMinor, currency)),
        })),
      };
    },
    planPayouts: (input) =>
      orRefusal(withTransaction(database, (tx) => planPayouts(tx, dependencies, input))),
  };
}
