import {
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  allHandlersFinished,
} from '@temporalio/workflow';
import type {
  PayoutPlan,
  PoolClosed,
  PoolLifecycleInput,
  PoolOpened,
  PoolSizing,
} from '../contract.ts';
import type { Refusal } from '@sluice/money';
import { searchAttributes } from '../search-attributes.ts';
import { database } from './activity-proxies.ts';
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
      return database.planPayouts({
        poolId: input.poolId,
        mainAccountId: input.mainAccount.id,
        runId,
      });
    },
    { description: 'list what sellers are owed and top the paying account up to it' },
  );
  const show = (change: Partial<PoolView>): void => {
    view = { ...view, ...change };
    setCurrentDetails(describe(input, view));
    upsertSearchAttributes([{ key: searchAttributes.poolState, value: view.state }]);
  };

  upsertSearchAttributes([{ key: searchAttributes.poolId, value: input.poolId }]);
  show({});
  const sizing = await database.sizePool.executeWithOptions(
    { summary: `forecast ${input.weeks} weeks of each seller` },
    [input],
  );
  if (isRefusal(sizing)) failWith(sizing);
  show({ sizing });
  const opened = await database.openPool.executeWithOptions(
    { summary: `mandates over ${input.sources.length} funding sources` },
    [input],
  );
  if (isRefusal(opened)) failWith(opened);
  show({ state: 'open', opened });

  await condition(() => closing);
  show({ state: 'closing' });
  const closed = await database.closePool({
    poolId: input.poolId,
    currency: input.currency,
  });
  if (isRefusal(closed)) failWith(closed);
  await condition(allHandlersFinished);
  show({ state: 'closed' });
  return closed;
}

function describe(input: PoolLifecycleInput, view: PoolView): string {
  const rows = [
    ['State', view.state],
    ['Period', `${input.opensOn} to ${input.closesOn}`],
    ['Sellers', view.sizing === null ? '' : String(view.sizing.sellers)],
    ['Expected use', view.sizing === null ? '' : show(view.sizing.expected)],
    ['Size', view.opened === null ? '' : show(view.opened.size)],
    [
      'Mandates',
      view.opened === null ? '' : `${view.opened.mandates} sources, ${show(view.opened.mandated)}`,
    ],
    ['Paid from', `main account ${input.mainAccount.id}`],
  ];
  return `### ${input.name}\n\n| | |\n|---|---|\n${rows
    .map(([name, value]) => `| ${name} | ${value} |`)
    .join('\n')}`;
}

function show(money: { readonly amount: string; readonly currency: string }): string {
  return `${money.amount} ${money.currency}`;
}
