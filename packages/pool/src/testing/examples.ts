import { withTransaction, type Database } from '@sluice/database';
import { expectAnswer, isRefusal, type Refusal } from '@sluice/money';
import {
  evaluateDraws,
  lockFunds,
  openPool,
  planFunding,
  recordOutcomes,
  recordRedemptions,
  type DrawComponent,
  type DrawRequest,
  type FundingSource,
  type Outcome,
  type PoolOpening,
  type Redemption,
} from '../index.ts';

/** A source that serves coupons of every brand, unless told otherwise. */
export function source(id: string, over: Partial<FundingSource> = {}): FundingSource {
  return {
    id,
    account: `source:${id}`,
    capacityMinor: 1_000n,
    priority: 1,
    expiresOn: null,
    serves: [{ kind: 'coupon' }],
    ...over,
  };
}

export function redemption(id: string, over: Partial<Redemption> = {}): Redemption {
  return {
    id,
    sellerId: 'store-1',
    userId: 'household-1',
    productId: 'product-1',
    brandId: '1208',
    quantity: 1,
    redeemedAt: '2017-07-03T10:15:00.000Z',
    currency: 'USD',
    paidMinor: 250n,
    couponValueMinor: 50n,
    loyaltyDiscountMinor: 0n,
    recordedMatchMinor: null,
    tillDecision: null,
    ...over,
  };
}

/** A pool over the given sources, as large as all of them together unless told otherwise. */
export function opening(
  id: string,
  sources: readonly FundingSource[],
  over: Partial<PoolOpening> & { readonly sizeMinor?: bigint } = {},
): PoolOpening {
  const total = sources.reduce((sum, { capacityMinor }) => sum + capacityMinor, 0n);
  const { sizeMinor = total, ...rest } = over;
  return {
    id,
    currency: 'USD',
    opensOn: '2017-07-03',
    closesOn: '2017-07-30',
    intermediaryAccount: `pool:${id}`,
    forecasts: [],
    plan: expectAnswer(planFunding({ sizeMinor, sources })),
    ...rest,
  };
}

export async function open(database: Database, pool: PoolOpening): Promise<void> {
  expectAnswer(await withTransaction(database, (tx) => openPool(tx, pool)));
}

export async function takeIn(
  database: Database,
  poolId: string,
  redemptions: readonly Redemption[],
): Promise<void> {
  const intake = { poolId, batchId: 'batch', redemptions };
  const answers = await withTransaction(database, (tx) => recordRedemptions(tx, intake));
  answers.forEach(expectAnswer);
}

/** A request for one component per redemption. */
export function request(
  redemptionId: string,
  amountMinor: bigint,
  over: Partial<DrawComponent> = {},
): DrawRequest {
  const component = { kind: 'coupon', brand: '1208', amountMinor, ...over };
  return { redemptionId, sellerId: 'store-1', components: [component] };
}

/**
 * Decides and records draws as the system does it: one transaction, under the pool's lock. Of each
 * that is paid, the platform keeps `platformFeeMinor`.
 */
export async function drawAndRecord(
  database: Database,
  poolId: string,
  requests: readonly DrawRequest[],
  platformFeeMinor = 0n,
): Promise<readonly Outcome[]> {
  return withTransaction(database, async (tx) => {
    const before = expectAnswer(await lockFunds(tx, poolId));
    const { outcomes: answers, funds } = evaluateDraws(before, requests);
    const outcomes = requests.map((asked, index) => {
      const outcome = toOutcome(asked, answers[index] ?? []);
      return outcome.status === 'paid' ? { ...outcome, platformFeeMinor } : outcome;
    });
    await recordOutcomes(tx, { funds, outcomes, workflowId: 'workflow-1' });
    return outcomes;
  });
}

export function toOutcome(
  { redemptionId, components }: DrawRequest,
  answer: Outcome['lines'] | Refusal,
): Outcome {
  const subsidyMinor = components.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const asked = { redemptionId, discountMinor: subsidyMinor, subsidyMinor, explanation: {} };
  const common = { ...asked, platformFeeMinor: 0n };
  return isRefusal(answer)
    ? { ...common, status: 'refused', refusal: answer, lines: [] }
    : { ...common, status: 'paid', refusal: null, lines: answer };
}
