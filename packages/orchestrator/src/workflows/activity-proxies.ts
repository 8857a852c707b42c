import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../contract.ts';

/**
 * Activities that only touch our database: one short transaction, safe to repeat by its receipts.
 * They are tried for ever, since giving up would leave money half explained; a pause of 30 s at
 * most keeps a recovered database from waiting for us.
 */
export const database = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
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
