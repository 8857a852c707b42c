import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type Workflow,
  type WorkflowHandle,
} from '@temporalio/client';
import type {
  BookingBatchInput,
  PayoutInput,
  PoolLifecycleInput,
  RedemptionBatchInput,
  SubsidyPayoutInput,
} from '../contract.ts';
import { workflowIds } from '../names.ts';
import type { RuleRolloutInput } from '../rule-rollout-contract.ts';
import type { ledgerUpkeep } from '../workflows/ledger-upkeep.ts';
import type {
  bookingBatch,
  payout,
  poolLifecycle,
  redemptionBatch,
  ruleRollout,
  subsidyPayout,
} from '../workflows/index.ts';
import { startRuleRollout } from './start-rule-rollout.ts';

/** Starts workflows by their business keys: a second start of the same business finds the first. */
export interface SluiceClient {
  pool(input: PoolLifecycleInput): Promise<WorkflowHandle<typeof poolLifecycle>>;
  batch(input: RedemptionBatchInput): Promise<WorkflowHandle<typeof redemptionBatch>>;
  redemption(input: SubsidyPayoutInput): Promise<WorkflowHandle<typeof subsidyPayout>>;
  payout(input: PayoutInput): Promise<WorkflowHandle<typeof payout>>;
  /** Has a rule's bookings looked at; starts the workflow that sends them if there is none. */
  bookings(input: BookingBatchInput): Promise<WorkflowHandle<typeof bookingBatch>>;
  /** Does a recorded rollout; waits for one of the same rule set that is about to end. */
  ruleRollout(input: RuleRolloutInput): Promise<WorkflowHandle<typeof ruleRollout>>;
  /** Has the ledger's upkeep done now and so often from now on; starts it if it does not run. */
  ledgerUpkeep(options: { readonly everyMs: number }): Promise<WorkflowHandle<typeof ledgerUpkeep>>;
}

interface Start {
  readonly type: string;
  readonly workflowId: string;
  /** One line for the list and the head of the workflow's page. */
  readonly summary: string;
  readonly input: object;
}

/** Binds the starters to one cluster and task queue. */
export function createSluiceClient(client: Client, taskQueue: string): SluiceClient {
  async function start<T extends Workflow>(options: Start): Promise<WorkflowHandle<T>> {
    try {
      return await client.workflow.start(options.type, {
        taskQueue,
        workflowId: options.workflowId,
        // A failed run may be started again: every effect inside has a key of its own.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: options.summary,
        args: [options.input],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return client.workflow.getHandle<T>(options.workflowId);
    }
  }
  return {
    pool: (input) =>
      start<typeof poolLifecycle>({
        type: 'poolLifecycle',
        workflowId: workflowIds.pool(input.poolId),
        summary: input.name,
        input,
      }),
    batch: (input) =>
      start<typeof redemptionBatch>({
        type: 'redemptionBatch',
        workflowId: workflowIds.batch(input.batchId),
        summary: `${input.redemptions} redemptions for pool ${input.poolId}`,
        input,
      }),
    redemption: (input) =>
      start<typeof subsidyPayout>({
        type: 'subsidyPayout',
        workflowId: workflowIds.redemption(input.redemptionId),
        summary: `redemption ${input.redemptionId} for pool ${input.poolId}`,
        input,
      }),
    payout: (input) =>
      start<typeof payout>({
        type: 'payout',
        workflowId: workflowIds.payout(input.payoutId),
        summary: `${input.amount.amount} ${input.amount.currency} to seller ${input.sellerId}`,
        input,
      }),
    ruleRollout: (input) => startRuleRollout(client, taskQueue, input),
    ledgerUpkeep: ({ everyMs }) =>
      client.workflow.signalWithStart<typeof ledgerUpkeep, [number]>('ledgerUpkeep', {
        taskQueue,
        workflowId: workflowIds.ledgerUpkeep(),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        signal: 'keepUpEvery',
        signalArgs: [everyMs],
        staticSummary: "seals the ledger's hash chain and frees holds that ran out",
        args: [{ everyMs }],
      }),
    bookings: ({ institution, rule }) =>
      client.workflow.signalWithStart<typeof bookingBatch, []>('bookingBatch', {
        taskQueue,
        workflowId: workflowIds.booking(institution, rule),
        // It never ends by itself; one that was ended goes on where the tables say.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        signal: 'lookAtBookings',
        staticSummary: `bookings of ${rule} of ${institution}`,
        args: [{ institution, rule }],
      }),
  };
}
