import { nextStep, type Payout } from '@sluice/payout';
import type { PayoutView } from '../contract.ts';

/** A payout as its workflow sees it. */
export function viewOf(payout: Payout): PayoutView {
  const attempt = payout.attempts.at(-1);
  return {
    kind: 'payout',
    state: payout.state,
    next: nextOf(payout),
    attempts: payout.attempts.length,
    bankReference: attempt?.bankReference ?? null,
    reason: attempt?.reasonCode ?? null,
  };
}

function nextOf(payout: Payout): PayoutView['next'] {
  const step = nextStep(payout);
  if (step === 'submit' || step === 'query' || step === 'done') return step;
  return payout.state === 'settled' ? 'watch-for-return' : 'wait-for-bank';
}
