import { withTransaction } from '@sluice/database';
import { isRefusal, money, toWire } from '@sluice/money';
import { closePool, forecastModel, sizePool } from '@sluice/pool';
import type { Activities } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { forecastSellers, openWholePool } from './open-pool.ts';
import { planPayouts } from './plan-payouts.ts';
import { orRefusal } from './post-bookings.ts';

type PoolActivities = Pick<Activities, 'sizePool' | 'openPool' | 'closePool' | 'planPayouts'>;

/** The activities of a pool's life: sizing, opening, planning its payouts, closing. */
export function createPoolActivities(dependencies: Dependencies): PoolActivities {
  const { database, log } = dependencies;
  return {
    async sizePool(input) {
      const forecasts = await forecastSellers(database, input);
      const { expectedMinor, sizeMinor } = sizePool(forecasts);
      log.info({ pool: input.poolId, sellers: forecasts.length }, 'pool sized');
      return {
        kind: 'sized',
        sellers: forecasts.length,
        expected: toWire(money(expectedMinor, input.currency)),
        size: toWire(money(sizeMinor, input.currency)),
        model: forecastModel,
      };
    },
    async openPool(input) {
      const opened = await orRefusal(withTransaction(database, (tx) => openWholePool(tx, input)));
      log.info({ pool: input.poolId, answer: opened.kind }, 'pool opened');
      return opened;
    },
    async closePool({ poolId, currency }) {
      const closing = await withTransaction(database, (tx) => closePool(tx, poolId));
      if (isRefusal(closing)) return closing;
      log.info({ pool: poolId }, 'pool closed');
      return {
        kind: 'closed',
        released: closing.released.map(({ sourceId, releasedMinor }) => ({
          sourceId,
          unused: toWire(money(releasedMinor, currency)),
        })),
      };
    },
    async planPayouts(input) {
      const plan = await orRefusal(
        withTransaction(database, (tx) => planPayouts(tx, dependencies, input)),
      );
      log.info({ pool: input.poolId, run: input.runId, answer: plan.kind }, 'payouts planned');
      return plan;
    },
  };
}
