import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../contract.ts';

/**
 * Activities that only touch our database: one short transaction, safe to repeat by its receipts.
 * They are tried for ever, since giving up would leave money half explained; a pause of 30 s at
 * most keeps a recovered database from waiting for us. Half a minute is far more than any of them
 * takes, and how long the step of a killed worker stays undone.
 */
export const database = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/**
 * Chunks of the bulk lane: a large one may wait long for the pool's lock, so it tells that it is
 * alive; that of a killed worker is given to another one within seconds.
 */
export const bulk = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '6s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/**
 * Activities that call a bank. The call itself is never repeated blindly: an attempt is recorded
 * before it, and a second try starts with a query. So they may be tried for ever, too.
 */
export const bank = proxyActivities<Activities>({
  startToCloseTimeout: '90s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
});
