import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { PaymentName, PayoutInput, PayoutProgress, PayoutView } from '../contract.ts';
import { bank } from './activity-proxies.ts';
import { amountText, table } from './markdown.ts';
import { PayoutAttributes } from './payout-attributes.ts';
import { requireWhole } from './refusals.ts';
import { reserve, type Pause } from './reserve.ts';

/** Asks the payout to look at the bank now instead of at its next timer. */
export const lookNow = defineSignal('lookNow');

/** Where the payout stands. */
export const payoutView = defineQuery<PayoutView | null>('payoutView');

/** An unclear answer needs an operator's eye after so many looks at the bank. */
const unclearBeforeOperator = 10;

/** The longest timer: what is asked less often is not watched. */
const maxPollMs = 30 * 24 * 3_600_000;

/**
 * One payout to one seller: reserved on a sub-account, sent to the bank once, followed until the
 * bank says settled for good, returned or rejected. An unclear answer is resolved by a query,
 * never by sending again. It cannot be cancelled: money that is on its way is followed to its end.
 */
export function payout(input: PayoutInput): Promise<PayoutView> {
  let asked = false;
  let view = input.progress?.view ?? null;
  setHandler(payoutView, () => view, { description: 'what the bank last said' });
  setHandler(lookNow, () => void (asked = true), { description: 'look at the bank now' });
  const pause: Pause = async (ms, summary) => {
    await condition(() => asked, ms, { summary });
    asked = false;
  };
  return CancellationScope.nonCancellable(async () => {
    requireWhole('watch.pollMs', input.watch.pollMs, { min: 1, max: maxPollMs });
    requireWhole('watch.returnPollMs', input.watch.returnPollMs, { min: 1, max: maxPollMs });
    const attributes = new PayoutAttributes(input);
    const subAccounts = input.progress?.subAccounts ?? (await reserve(input, attributes, pause));
    return follow(input, { subAccounts, attributes, pause, onView: (now) => (view = now) });
  });
}

/** Sends and asks, until nothing more can become of it. */
async function follow(
  input: PayoutInput,
  context: {
    readonly subAccounts: readonly string[];
    readonly attributes: PayoutAttributes;
    readonly pause: Pause;
    readonly onView: (view: PayoutView) => void;
  },
): Promise<PayoutView> {
  const { subAccounts, attributes, pause, onView } = context;
  const { payoutId, mainAccountId, watch } = input;
  let progress: PayoutProgress | null = input.progress ?? null;
  for (;;) {
    const sends: boolean = progress === null || progress.view.next === 'submit';
    const view: PayoutView = await (sends ? send : ask)({ payoutId, mainAccountId });
    const isUnclear = view.next === 'query' || view.next === 'submit';
    const unclear: number = isUnclear ? (progress?.unclear ?? 0) + 1 : 0;
    progress = { subAccounts, view, unclear };
    onView(view);
    attributes.show({ state: view.state, needsOperator: unclear > unclearBeforeOperator });
    setCurrentDetails(describe(input, progress));
    if (view.next === 'done') return view;
    // What was just sent without a clear answer is asked about at once; else time has to pass.
    if (sends && view.next === 'query') continue;
    await pause(
      view.next === 'watch-for-return' ? watch.returnPollMs : watch.pollMs,
      why[view.next],
    );
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof payout>({ ...input, progress });
    }
  }
}

/** What a payout waits for, by its next step. */
const why = {
  submit: 'the bank has not seen it: it is sent again then',
  query: 'the bank has not answered clearly',
  'wait-for-bank': 'the bank has accepted it',
  'watch-for-return': 'it could still come back',
} as const;

function send(payment: PaymentName): Promise<PayoutView> {
  return bank.submitPayment.executeWithOptions({ summary: 'send it to the bank' }, [payment]);
}

function ask(payment: PaymentName): Promise<PayoutView> {
  return bank.queryPayment.executeWithOptions({ summary: 'what does the bank say?' }, [payment]);
}

function describe(
  { amount, sellerId, reference }: PayoutInput,
  { subAccounts, view }: PayoutProgress,
): string {
  return table(`${amountText(amount)} to seller ${sellerId}`, {
    State: view.state,
    Attempts: view.attempts,
    'Bank reference': view.bankReference ?? '',
    'Paid from': subAccounts.join(', '),
    Why: view.reason ?? '',
    'Earned in': reference,
  });
}
