import type { Client, WorkflowHandle } from '@temporalio/client';
import { workflowIds } from '../names.ts';
import type { RuleRolloutInput } from '../rule-rollout-contract.ts';
import type { ruleRollout } from '../workflows/index.ts';

/**
 * Starts the workflow of a recorded rollout, or finds it running. The tables have one unfinished
 * rollout a set, so one that still runs under the set's id is about to end: it is waited for.
 */
export async function startRuleRollout(
  client: Client,
  taskQueue: string,
  input: RuleRolloutInput,
): Promise<WorkflowHandle<typeof ruleRollout>> {
  const { setId, rolloutId } = input;
  for (;;) {
    const handle = await client.workflow.start<typeof ruleRollout>('ruleRollout', {
      taskQueue,
      workflowId: workflowIds.ruleRollout(setId),
      // One that was terminated goes on where the tables say.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `rollout ${rolloutId}`,
      memo: { rolloutId },
      args: [input],
    });
    const { memo } = await handle.describe();
    if (memo?.['rolloutId'] === rolloutId) return handle;
    await handle.result().catch(() => undefined);
  }
}
