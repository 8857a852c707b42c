import { withTransaction, type Tx } from '@sluice/database';
import { isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import {
  nextStep,
  readPayout,
  startAttempt,
  type Payout,
  type StartAttemptInput,
  type StartedAttempt,
} from '@sluice/payout';
import type { Activities } from '../contract.ts';
import { currentWorkflowId } from './current-workflow.ts';
import type { Dependencies } from './dependencies.ts';
import { viewOf } from './payout-view.ts';
import { recordBankAnswer } from './record-bank-answer.ts';
import { reservePayout } from './reserve-payout.ts';

type PayoutActivities = Pick<Activities, 'reservePayout' | 'submitPayment' | 'queryPayment'>;

/**
 * The activities of a payout: put the money aside, send it once, ask what became of it. The last
 * two throw `PAYOUT_UNKNOWN`, `ATTEMPT_UNKNOWN` or `PAYOUT_STATE_CONFLICT`, such as when the bank
 * takes back what it said: that is for a person to look at.
 */
export function createPayoutActivities(dependencies: Dependencies): PayoutActivities {
  const { database, rail } = dependencies;
  return {
    reservePayout: (order) => reservePayout(dependencies, order, currentWorkflowId()),
    async submitPayment({ payoutId: id, mainAccountId }) {
      const workflowId = currentWorkflowId();
      const started = await withTransaction(database, (tx) => start(tx, { id, workflowId }));
      if ('state' in started) return viewOf(started);
      const { send, instruction } = started;
      const { attemptKey } = instruction;
      // Only the caller whose transaction wrote the attempt sends; whoever finds it there asks.
      const answer = send ? await rail.submit(instruction) : await rail.query(attemptKey);
      return recordBankAnswer(dependencies, mainAccountId, { attemptKey, answer, workflowId });
    },
    async queryPayment({ payoutId, mainAccountId }) {
      const payout = await readPayout(database, payoutId);
      const attempt = payout?.attempts.at(-1);
      if (attempt === undefined) throw neverSent(payoutId);
      const { attemptKey } = attempt;
      const answer = await rail.query(attemptKey);
      const workflowId = currentWorkflowId();
      return recordBankAnswer(dependencies, mainAccountId, { attemptKey, answer, workflowId });
    },
  };
}

/** Starts the attempt; or gives the payout when an earlier try brought it to its end already. */
async function start(tx: Tx, input: StartAttemptInput): Promise<StartedAttempt | Payout> {
  const started = await startAttempt(tx, input);
  if (!isRefusal(started)) return started;
  const payout = await readPayout(tx, input.id);
  if (payout !== undefined && nextStep(payout) === 'done') return payout;
  throw new UnexpectedRefusalError(started);
}

function neverSent(payoutId: string): UnexpectedRefusalError {
  return new UnexpectedRefusalError(
    refuse('ATTEMPT_UNKNOWN', `payout ${payoutId} was never sent: submit it first`, { payoutId }),
  );
}
