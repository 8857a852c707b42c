import type { Queryable, Tx } from '@sluice/database';
import { openAccounts, type Account } from '@sluice/ledger';
import {
  expectAnswer,
  fromWire,
  money,
  parseCurrency,
  toWire,
  type Currency,
  type WireMoney,
} from '@sluice/money';
import {
  forecastUsage,
  openPool,
  planFunding,
  readUsage,
  sizePool,
  type FundingPlan,
  type UsageForecast,
} from '@sluice/pool';
import { openMainAccount } from '@sluice/settlement';
import type { MainAccountInput, PoolLifecycleInput, PoolOpened } from '../contract.ts';
import { accountCodes } from './account-codes.ts';
import { answerOrLeave } from './refuse-all.ts';

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
 *
 * @param input without {@link poolInputFault}.
 */
export async function openWholePool(tx: Tx, input: PoolLifecycleInput): Promise<PoolOpened> {
  const { poolId, mainAccount } = input;
  const currency = expectAnswer(parseCurrency(input.currency));
  const forecasts = await forecastSellers(tx, input);
  const { sizeMinor } = sizePool(forecasts);
  const plan = answerOrLeave(planFunding({ sizeMinor, sources: sourcesOf(input) }));
  const intermediaryAccount = accountCodes.intermediary(poolId);
  const { name, opensOn, closesOn } = input;
  const opening = { id: poolId, name, currency, opensOn, closesOn, intermediaryAccount };
  answerOrLeave(await openPool(tx, { ...opening, forecasts, plan }));
  const subAccounts = await openPayingAccount(tx, mainAccount, currency);
  const accounts = [
    ...fundingAccounts(input, plan, currency),
    ...accountsOf(currency, intermediaryAccount, mainAccount.id),
    ...subAccounts.map((code) => ({ code, ...held(currency) })),
  ];
  for (const answer of await openAccounts(tx, accounts)) answerOrLeave(answer);
  const mandatedMinor = plan.mandates.reduce((total, { limitMinor }) => total + limitMinor, 0n);
  return {
    kind: 'opened',
    size: toWire(money(sizeMinor, currency)),
    mandates: plan.mandates.length,
    mandated: toWire(money(mandatedMinor, currency)),
  };
}

function minorOf(wire: WireMoney): bigint {
  return expectAnswer(fromWire(wire)).minor;
}

function sourcesOf({ sources }: PoolLifecycleInput): Parameters<typeof planFunding>[0]['sources'] {
  return sources.map(({ id, capacity, priority, expiresOn, serves }) => ({
    id,
    account: accountCodes.funding(id),
    capacityMinor: minorOf(capacity),
    priority,
    expiresOn,
    serves,
  }));
}

/** Opens the paying main account; gives the codes of its first sub-accounts. */
async function openPayingAccount(
  tx: Tx,
  { id, subAccounts, presetShareBps, threshold, waitMs }: MainAccountInput,
  currency: Currency,
): Promise<readonly string[]> {
  return answerOrLeave(
    await openMainAccount(tx, {
      id,
      currency,
      size: subAccounts,
      rule: {
        thresholdMinor: minorOf(threshold),
        presetShareBps,
        boundary: 'below',
        waitMs,
        whenInsufficient: 'drain',
      },
    }),
  );
}

type Limits = Omit<Account, 'code'>;

/** What we hold cannot fall below zero. */
function held(currency: Currency): Limits {
  return { currency, floorMinor: 0n, ceilingMinor: null };
}

/** The outside world has no limits that we could keep. */
function outside(currency: Currency): Limits {
  return { currency, floorMinor: null, ceilingMinor: null };
}

/** A funding source may be called down to minus its credit limit. */
function fundingAccounts(
  { sources }: PoolLifecycleInput,
  plan: FundingPlan,
  currency: Currency,
): readonly Account[] {
  const chosen = new Set(plan.mandates.map(({ source }) => source.id));
  return sources
    .filter(({ id }) => chosen.has(id))
    .map(({ id, creditLimit }) => ({
      code: accountCodes.funding(id),
      currency,
      floorMinor: -minorOf(creditLimit),
      ceilingMinor: 0n,
    }));
}

function accountsOf(
  currency: Currency,
  intermediaryAccount: string,
  mainAccountId: string,
): readonly Account[] {
  return [
    { code: intermediaryAccount, ...held(currency) },
    { code: accountCodes.clearing(mainAccountId), ...held(currency) },
    { code: accountCodes.inTransit(currency), ...held(currency) },
    { code: accountCodes.treasury(currency), ...outside(currency) },
    { code: accountCodes.sellers(currency), ...outside(currency) },
  ];
}
