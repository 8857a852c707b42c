import {
  condition,
  defineQuery,
  defineSignal,
  executeChild,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { PaymentName, PayoutInput, PayoutView } from '../contract.ts';
import { workflowIds } from '../names.ts';
import { searchAttributes } from '../search-attributes.ts';
import { bank, database } from './activity-proxies.ts';
import { failWith } from './refusals.ts';
import { redistribution } from './redistribution.ts';
import { searchableMinor } from './wire-sums.ts';

/** Asks the payout to look at the bank now instead of at its next timer. */
export const lookNow = defineSignal('lookNow');

/** Where the payout stands. */
export const payoutView = defineQuery<PayoutView | null>('payoutView');

/** An unclear answer needs an operator's eye after so many looks at the bank. */
const looksBeforeOperator = 10;

/**
 * One payout to one seller: reserved on a sub-account, sent to the bank once, followed until the
 * bank says settled for good, returned or rejected. An unclear answer is resolved by a query,
 * never by sending again.
 */
export async function payout(input: PayoutInput): Promise<PayoutView> {
  let view: PayoutView | null = null;
  let asked = false;
  setHandler(payoutView, () => view, { description: 'what the bank last said' });
  setHandler(lookNow, () => void (asked = true), { description: 'look at the bank now' });
  upsertSearchAttributes([
    { key: searchAttributes.sellerId, value: input.sellerId },
    { key: searchAttributes.mainAccountId, value: input.mainAccountId },
    { key: searchAttributes.amountMinor, value: searchableMinor(input.amount) },
    { key: searchAttributes.payoutState, value: 'reserving' },
  ]);
  const subAccounts = await reserve(input, async (message) => {
    upsertSearchAttributes([{ key: searchAttributes.payoutState, value: 'awaiting-funds' }]);
    setCurrentDetails(`awaiting funds: ${message}`);
    await condition(() => asked, input.watch.pollMs, { summary: 'the paying account lacks money' });
    asked = false;
  });

  const { payoutId, mainAccountId } = input;
  const payment = { payoutId, mainAccountId };
  for (let looks = 0; ; looks += 1) {
    const before: PayoutView | null = view;
    const sends: boolean = before === null || before.next === 'submit';
    const now: PayoutView = await (sends ? send(payment) : ask(payment));
    if (before?.state !== now.state) {
      upsertSearchAttributes([{ key: searchAttributes.payoutState, value: now.state }]);
    }
    view = now;
    setCurrentDetails(describe(input, subAccounts, now));
    if (now.next === 'done') return now;
    if (looks === looksBeforeOperator && now.next !== 'watch-for-return') {
      upsertSearchAttributes([{ key: searchAttributes.needsOperator, value: true }]);
    }
    // What was just sent without a clear answer is asked about at once; then time has to pass.
    if (now.next === 'submit' || (sends && now.next === 'query')) continue;
    const watching = now.next === 'watch-for-return';
    await condition(() => asked, watching ? input.watch.returnPollMs : input.watch.pollMs, {
      summary: watching ? 'it could still come back' : 'the bank has not answered clearly',
    });
    asked = false;
  }
}

function send(payment: PaymentName): Promise<PayoutView> {
  return bank.submitPayment.executeWithOptions({ summary: 'send it to the bank' }, [payment]);
}

function ask(payment: PaymentName): Promise<PayoutView> {
  return bank.queryPayment.executeWithOptions({ summary: 'what does the bank say?' }, [payment]);
}

async function reserve(
  input: PayoutInput,
  awaitFunds: (message: string) => Promise<void>,
): Promise<readonly string[]> {
  for (;;) {
    const reserved = await database.reservePayout.executeWithOptions(
      { summary: `${input.amount.amount} ${input.amount.currency} on a sub-account` },
      [input],
    );
    switch (reserved.kind) {
      case 'reserved':
        return reserved.subAccounts;
      case 'refusal':
        return failWith(reserved);
      case 'awaiting-funds':
        await awaitFunds(reserved.message);
        break;
      case 'wait':
        await sleep(reserved.waitMs, { summary: 'the main account is being redistributed' });
        break;
      case 'redistribute':
        await redistribute(input.mainAccountId, reserved.generation);
        break;
    }
  }
}

/** Of many payouts that find their generation thin, one redistributes; the others wait for it. */
async function redistribute(mainAccountId: string, generation: number): Promise<void> {
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
    await sleep('200ms', { summary: 'another payout redistributes' });
  }
}

function describe(input: PayoutInput, subAccounts: readonly string[], view: PayoutView): string {
  return [
    `### ${input.amount.amount} ${input.amount.currency} to seller ${input.sellerId}`,
    '',
    '| State | Attempts | Bank reference | Paid from | Why |',
    '|---|---|---|---|---|',
    `| ${view.state} | ${view.attempts} | ${view.bankReference ?? ''} | ${subAccounts.join(', ')} | ${view.reason ?? ''} |`,
  ].join('\n');
}
