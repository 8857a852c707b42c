import type { Queryable, Tx } from '@sluice/database';
import { openAccounts, type Account } from '@sluice/ledger';
import {
  expectAnswer,
  fromWire,
  isRefusal,
  money,
  parseCurrency,
  toWire,
  type Currency,
} from '@sluice/money';
import {
  forecastUsage,
  openPool,
  planFunding,
  readUsage,
  sizePool,
  type UsageForecast,
} from '@sluice/pool';
import { openMainAccount } from '@sluice/settlement';
import type { PoolLifecycleInput, PoolOpened } from '../contract.ts';
import { refuseAll } from './post-bookings.ts';

/** How many weeks before the pool its forecasts look at. */
const historyWeeks = 8;

/** Determines the sellers of a pool and estimates what each will use (claims 1 and 2). */
export async function forecastSellers(
  queryable: Queryable,
  { currency, opensOn, weeks }: PoolLifecycleInput,
): Promise<readonly UsageForecast[]> {
  const histories = await readUsage(queryable, { currency, before: opensOn, weeks: historyWeeks });
  return histories.map((history) => forecastUsage(history, weeks));
}

/**
 * Opens a pool in one transaction: its size and mandates, the ledger accounts that its money will
 * pass through, and the main account that sellers are paid from. Safe to repeat. Leaves the
 * transaction with the first refusal, so nothing of a pool that cannot open stays behind.
 */
export async function openWholePool(tx: Tx, input: PoolLifecycleInput): Promise<PoolOpened> {
  const forecasts = await forecastSellers(tx, input);
  const { sizeMinor } = sizePool(forecasts);
  const sources = input.sources.map(({ id, capacity, priority, expiresOn, serves }) => ({
    id,
    account: fundingAccount(id),
    capacityMinor: answer(fromWire(capacity)).minor,
    priority,
    expiresOn,
    serves,
  }));
  const plan = answer(planFunding({ sizeMinor, sources }));
  const intermediaryAccount = `pool/${input.poolId}/intermediary`;
  answer(
    await openPool(tx, {
      id: input.poolId,
      name: input.name,
      currency: input.currency,
      opensOn: input.opensOn,
      closesOn: input.closesOn,
      intermediaryAccount,
      forecasts,
      plan,
    }),
  );
  const { mainAccount } = input;
  const subAccounts = answer(
    await openMainAccount(tx, {
      id: mainAccount.id,
      currency: input.currency,
      size: mainAccount.subAccounts,
      rule: {
        thresholdMinor: answer(fromWire(mainAccount.threshold)).minor,
        presetShareBps: mainAccount.presetShareBps,
        boundary: 'below',
        waitMs: mainAccount.waitMs,
        whenInsufficient: 'drain',
      },
    }),
  );
  const currency = expectAnswer(parseCurrency(input.currency));
  const accounts = accountsOf({
    currency,
    sources: input.sources,
    intermediaryAccount,
    mainAccount,
    subAccounts,
  });
  (await openAccounts(tx, accounts)).forEach(answer);
  const mandatedMinor = plan.mandates.reduce((total, { limitMinor }) => total + limitMinor, 0n);
  return {
    kind: 'opened',
    size: toWire(money(sizeMinor, currency)),
    mandates: plan.mandates.length,
    mandated: toWire(money(mandatedMinor, currency)),
  };
}

function fundingAccount(sourceId: string): string {
  return `funding/${sourceId}`;
}

function answer<T>(value: T): Exclude<T, { readonly kind: 'refusal' }> {
  if (isRefusal(value)) return refuseAll(value);
  return value as Exclude<T, { readonly kind: 'refusal' }>;
}

/**
 * A funding source may be called down to minus its credit limit. What we hold cannot fall below zero;
 * the outside world (our treasury's bank, the sellers' banks) has no limits that we could keep.
 */
function accountsOf(pool: {
  readonly currency: Currency;
  readonly sources: PoolLifecycleInput['sources'];
  readonly intermediaryAccount: string;
  readonly mainAccount: { readonly id: string };
  readonly subAccounts: readonly string[];
}): readonly Account[] {
  const { currency, mainAccount } = pool;
  const held = { currency, floorMinor: 0n, ceilingMinor: null };
  const outside = { currency, floorMinor: null, ceilingMinor: null };
  return [
    ...pool.sources.map(({ id, creditLimit }) => ({
      code: fundingAccount(id),
      currency,
      floorMinor: -answer(fromWire(creditLimit)).minor,
      ceilingMinor: 0n,
    })),
    { code: pool.intermediaryAccount, ...held },
    { code: `settlement/${mainAccount.id}/clearing`, ...held },
    ...pool.subAccounts.map((code) => ({ code, ...held })),
    { code: `payout/in-transit/${currency}`, ...held },
    { code: `outside/treasury/${currency}`, ...outside },
    { code: `outside/sellers/${currency}`, ...outside },
  ];
}
