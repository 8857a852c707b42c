import type { PayoutState } from './payout-state.ts';

/**
 * What a workflow does next. `reserve`: put the money aside; `await-funds`: wait, then reserve;
 * `submit`: `startAttempt`, then `rail.submit` when it says so; `query`: ask the bank at once;
 * `wait`: the bank has it, so wait, then query; `done`: nothing is left to do.
 */
export type NextStep = 'reserve' | 'await-funds' | 'submit' | 'query' | 'wait' | 'done';

const steps: Readonly<Record<PayoutState, NextStep>> = {
  created: 'reserve',
  'awaiting-funds': 'await-funds',
  reserved: 'submit',
  // Whoever finds this state did not get the answer: a crash may lie in between.
  submitting: 'query',
  unknown: 'query',
  submitted: 'wait',
  settled: 'wait',
  final: 'done',
  returned: 'done',
  rejected: 'done',
};

/** The next step of a payout as it was read from the store: query before retry, always. */
export function nextStep(payout: { readonly state: PayoutState }): NextStep {
  return steps[payout.state];
}
