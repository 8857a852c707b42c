import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Refusal } from '@sluice/money';
import type {
  PayoutPlan,
  PoolClosed,
  PoolLifecycleInput,
  PoolOpened,
  PoolProgress,
  PoolSizing,
} from '../contract.ts';
import { searchAttributes } from '../search-attributes.ts';
import { database } from './activity-proxies.ts';
import { amountText, table } from './markdown.ts';
import { failWith, isRefusal } from './refusals.ts';

/** Ends the pool: nothing more is drawn, and what is left of each mandate is released. */
export const closePool = defineSignal('closePool');

/**
 * Finds who is owed money and tops the paying main account up to what is owed. The run id makes
 * it safe to repeat.
 */
export const planPayouts = defineUpdate<PayoutPlan | Refusal, [{ readonly runId: string }]>(
  'planPayouts',
);

/** Where the pool stands, as far as its workflow knows. */
export const poolView = defineQuery<PoolView>('poolView');

export interface PoolView {
  readonly state: 'opening' | 'open' | 'closing' | 'closed';
  readonly sizing: PoolSizing | null;
  readonly opened: PoolOpened | null;
}

/**
 * The life of one subsidy pool: sized from its sellers' forecasts, opened over its funding
 * sources, open until it is told to close, closed with what is left released.
 */
export async function poolLifecycle(input: PoolLifecycleInput): Promise<PoolClosed> {
  const { poolId, currency, mainAccount } = input;
  let view: PoolView = { state: 'opening', sizing: null, opened: null };
  let closing = false;
  setHandler(poolView, () => view, { description: 'state, sizing and mandates of this pool' });
  setHandler(closePool, () => void (closing = true), {
    description: 'stop drawing and release what is left of each mandate',
  });
  setHandler(
    planPayouts,
    async ({ runId }) => {
      await condition(() => view.state !== 'opening');
      return database.planPayouts.executeWithOptions({ summary: `who is owed money: ${runId}` }, [
        { poolId, mainAccountId: mainAccount.id, runId },
      ]);
    },
    { description: 'list what sellers are owed and top the paying account up to it' },
  );
  const show = (change: Partial<PoolView>): void => {
    view = { ...view, ...change };
    setCurrentDetails(describe(input, view));
  };
  const enter = (state: PoolView['state'], change: Partial<PoolView> = {}): void => {
    show({ ...change, state });
    upsertSearchAttributes([{ key: searchAttributes.poolState, value: state }]);
  };

  let progress = input.progress;
  if (progress === undefined) {
    upsertSearchAttributes([{ key: searchAttributes.poolId, value: poolId }]);
    enter('opening');
    progress = await open(input, (sizing) => show({ sizing }));
    enter('open', progress);
  } else {
    show({ ...progress, state: 'open' });
  }
  await condition(() => closing || workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  if (!closing) await continueAsNew<typeof poolLifecycle>({ ...input, progress });
  enter('closing');
  const closed = await database.closePool.executeWithOptions(
    { summary: 'what is left of each mandate is released' },
    [{ poolId, currency }],
  );
  if (isRefusal(closed)) failWith(closed);
  await condition(allHandlersFinished);
  enter('closed');
  return closed;
}

async function open(
  input: PoolLifecycleInput,
  onSized: (sizing: PoolSizing) => void,
): Promise<PoolProgress> {
  const sizing = await database.sizePool.executeWithOptions(
    { summary: `forecast ${input.weeks} weeks of each seller` },
    [input],
  );
  if (isRefusal(sizing)) failWith(sizing);
  onSized(sizing);
  const opened = await database.openPool.executeWithOptions(
    { summary: `mandates over ${input.sources.length} funding sources` },
    [input],
  );
  if (isRefusal(opened)) failWith(opened);
  return { sizing, opened };
}

function describe(
  { name, opensOn, closesOn, mainAccount }: PoolLifecycleInput,
  { state, sizing, opened }: PoolView,
): string {
  return table(name, {
    State: state,
    Period: `${opensOn} to ${closesOn}`,
    Sellers: sizing?.sellers ?? '',
    'Expected use': amountText(sizing?.expected),
    Size: amountText(opened?.size),
    Mandates: opened === null ? '' : `${opened.mandates} sources, ${amountText(opened.mandated)}`,
    'Paid from': `main account ${mainAccount.id}`,
  });
}
