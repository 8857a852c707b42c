import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../contract.ts';

/**
 * The thrown refusals that no other try can mend, by their codes: the workflow fails with them, and
 * a person has to look. Everything else that an activity throws is an outage, or a configuration
 * that will be corrected, and is tried for ever: giving up would leave money half explained.
 */
const beyondRetry = [
  // The bank took back what it said, or somebody changed the payout past its workflow.
  'PAYOUT_STATE_CONFLICT',
  'PAYOUT_UNKNOWN',
  'ATTEMPT_UNKNOWN',
  // The ledger's limits or currencies contradict what was decided.
  'POSTING_REFUSED',
  'ACCOUNT_EXISTS_DIFFERENTLY',
  'MAIN_ACCOUNT_UNKNOWN',
  'GENERATION_UNKNOWN',
];

/**
 * Every activity tells that it is alive (`withHeartbeat`), so the step of a killed worker is given
 * to another one within seconds, however long a step may take.
 */
const heartbeatTimeout = '6s';

/**
 * Activities that only touch our database: one short transaction, safe to repeat by its receipts.
 * A pause of 30 s at most keeps a recovered database from waiting for us.
 */
export const database = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  heartbeatTimeout,
  retry: {
    initialInterval: '200ms',
    backoffCoefficient: 2,
    maximumInterval: '30s',
    nonRetryableErrorTypes: beyondRetry,
  },
});

/** Chunks of the bulk lane: a large one may wait long for the pool's lock. */
export const bulk = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout,
  retry: {
    initialInterval: '200ms',
    backoffCoefficient: 2,
    maximumInterval: '30s',
    nonRetryableErrorTypes: beyondRetry,
  },
});

/**
 * Activities that call a bank. The call itself is never repeated blindly: an attempt is recorded
 * before it, and a second try starts with a query.
 */
export const bank = proxyActivities<Activities>({
  startToCloseTimeout: '90s',
  heartbeatTimeout,
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '60s',
    nonRetryableErrorTypes: beyondRetry,
  },
});

/** Calls of the accounting server: like a bank, asked before anything is sent a second time. */
export const accounting = proxyActivities<Activities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout,
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '60s',
    nonRetryableErrorTypes: beyondRetry,
  },
});
