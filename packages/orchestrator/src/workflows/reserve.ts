import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { continueAsNew, executeChild, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { PayoutInput } from '../contract.ts';
import { workflowIds } from '../names.ts';
import { database } from './activity-proxies.ts';
import { amountText } from './markdown.ts';
import type { PayoutAttributes } from './payout-attributes.ts';
import type { payout } from './payout.ts';
import { redistribution } from './redistribution.ts';
import { failWith } from './refusals.ts';

/** Waits so long, or until somebody wants the payout to look now. */
export type Pause = (ms: number, summary: string) => Promise<void>;

/** A redistribution takes a moment; a payout that has waited so often calls an operator. */
const waitsBeforeOperator = 12;
const redistributesElsewhereMs = 200;

/**
 * Reserves a payout on a sub-account, once there is money and no redistribution in the way. Of many
 * payouts that find their generation thin one redistributes, and the others wait for it.
 *
 * @returns the sub-accounts that pay; ends the workflow with a refusal.
 */
export async function reserve(
  input: PayoutInput,
  attributes: PayoutAttributes,
  pause: Pause,
): Promise<readonly string[]> {
  const { payoutId, sellerId, amount, mainAccountId, reference, watch } = input;
  let waits = 0;
  for (;;) {
    const reserved = await database.reservePayout.executeWithOptions(
      { summary: `${amountText(amount)} on a sub-account` },
      [{ payoutId, sellerId, amount, mainAccountId, reference }],
    );
    switch (reserved.kind) {
      case 'reserved':
        return reserved.subAccounts;
      case 'refusal':
        return failWith(reserved);
      case 'redistribute':
        await redistribute(mainAccountId, reserved.generation, pause);
        waits = 0;
        break;
      case 'awaiting-funds':
        attributes.show({ state: 'awaiting-funds', needsOperator: false });
        setCurrentDetails(`awaiting funds: ${reserved.message}`);
        await pause(watch.pollMs, 'the paying account lacks money');
        break;
      case 'wait':
        waits += 1;
        attributes.show({ state: 'reserving', needsOperator: waits > waitsBeforeOperator });
        await pause(
          // Twice as long each time: one that never ends must not fill this history.
          Math.min(reserved.waitMs * 2 ** (waits - 1), watch.pollMs),
          'the main account is being redistributed',
        );
        break;
    }
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof payout>(input);
  }
}

async function redistribute(
  mainAccountId: string,
  generation: number,
  pause: Pause,
): Promise<void> {
  try {
    await executeChild(redistribution, {
      workflowId: workflowIds.redistribution(mainAccountId, generation),
      // Done before, or not needed then, says nothing about now; its steps are safe to repeat.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      parentClosePolicy: 'ABANDON',
      staticSummary: `generation ${generation} of ${mainAccountId}`,
      args: [{ mainAccountId, generation }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await pause(redistributesElsewhereMs, 'another payout redistributes');
  }
}
