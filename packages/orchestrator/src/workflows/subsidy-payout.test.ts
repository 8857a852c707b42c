import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RedemptionOutcome, SubsidyPayoutInput } from '../contract.ts';
import { usd } from '../testing/examples.ts';
import { createWorkflowHarness, type WorkflowHarness } from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const input: SubsidyPayoutInput = {
  poolId: 'pool-1',
  redemptionId: 'RED-1',
  mainAccountId: 'main',
  watch: { pollMs: 1_000, returnPollMs: 1_000 },
};
const activities = (outcome: RedemptionOutcome): Record<string, () => unknown> => ({
  sellerOf: () => ({ kind: 'found', sellerId: '330' }),
  decideDiscounts: () => ({ kind: 'decided', discounts: {}, explanation: [] }),
  quoteSubsidy: () => ({ kind: 'quoted', components: [], fees: [], subsidy: outcome.subsidy }),
  drawAndBook: () => outcome,
});

test.each<[string, Partial<RedemptionOutcome>, string]>([
  ['less the fee', { fee: usd('0.03'), net: usd('1.17') }, '1.17'],
  ['whole, when it was drawn before there was a fee', {}, '1.20'],
])('a paid redemption goes on to its payout, %s', async (_, shares, amount) => {
  let child: unknown;
  const { outcome, log } = await harness.run({
    type: 'subsidyPayout',
    input,
    activities: activities({
      kind: 'paid',
      subsidy: usd('1.20'),
      ...shares,
      refusal: null,
      payoutId: 'redemption/RED-1',
    }),
    children: {
      payout: (given: unknown) => {
        child = given;
        return { kind: 'payout', state: 'settled' };
      },
    },
  });
  expect(log).toEqual([
    'activity sellerOf',
    'activity decideDiscounts',
    'activity quoteSubsidy',
    'activity drawAndBook',
    'child payout:redemption/RED-1',
  ]);
  expect(child).toMatchObject({ payoutId: 'redemption/RED-1', amount: { amount } });
  expect(outcome).toMatchObject({ kind: 'completed', result: { payout: { state: 'settled' } } });
});

test('a refused redemption ends with its reason and pays nothing', async () => {
  const refusal = {
    kind: 'refusal',
    code: 'MANDATE_EXHAUSTED',
    message: 'brand-1208 has nothing left',
    details: {},
  } as const;
  const { outcome, log } = await harness.run({
    type: 'subsidyPayout',
    input,
    activities: activities({
      kind: 'refused',
      subsidy: { amount: '0.00', currency: 'USD' },
      refusal,
      payoutId: null,
    }),
  });
  expect(log.some((line) => line.startsWith('child'))).toBe(false);
  expect(outcome).toMatchObject({
    kind: 'completed',
    result: { payout: null, outcome: { refusal } },
  });
});

test('one that the bulk lane paid before gets no payout of its own', async () => {
  const { outcome, log } = await harness.run({
    type: 'subsidyPayout',
    input,
    activities: activities({
      kind: 'paid',
      subsidy: { amount: '1.20', currency: 'USD' },
      refusal: null,
      payoutId: null,
    }),
  });
  expect(log.at(-1)).toBe('activity drawAndBook');
  expect(outcome).toMatchObject({ kind: 'completed', result: { payout: null } });
});

const paid: RedemptionOutcome = {
  kind: 'paid',
  subsidy: { amount: '1.20', currency: 'USD' },
  refusal: null,
  payoutId: 'redemption/RED-1',
};

test.each(['decideDiscounts', 'quoteSubsidy'])(
  'a refusal of %s is only shown: drawing records what becomes of it',
  async (step) => {
    const refusal = { kind: 'refusal', code: 'DISCOUNT_UNDECIDED', message: '?', details: {} };
    const parked = { ...paid, kind: 'parked', refusal, payoutId: null } as RedemptionOutcome;
    const { outcome, log } = await harness.run({
      type: 'subsidyPayout',
      input,
      activities: { ...activities(parked), [step]: () => refusal },
    });
    expect(log.at(-1)).toBe('activity drawAndBook');
    expect(outcome).toMatchObject({ kind: 'completed', result: { outcome: { kind: 'parked' } } });
  },
);

test.each(['sellerOf', 'drawAndBook'])('a refusal of %s ends it with its code', async (step) => {
  const refusal = { kind: 'refusal', code: 'POOL_DIFFERS', message: 'no', details: {} };
  const { outcome } = await harness.run({
    type: 'subsidyPayout',
    input,
    activities: { ...activities(paid), [step]: () => refusal },
  });
  expect(outcome).toMatchObject({ kind: 'failed', type: 'POOL_DIFFERS' });
});

test('a payout that was started before is left to its own workflow', async () => {
  const { outcome } = await harness.run({
    type: 'subsidyPayout',
    input,
    activities: activities(paid),
    children: { payout: () => 'already-started' },
  });
  expect(outcome).toEqual({ kind: 'completed', result: { outcome: paid, payout: null } });
});

test('a payout that fails fails it, too, and can be seen', async () => {
  const { outcome } = await harness.run({
    type: 'subsidyPayout',
    input,
    activities: activities(paid),
    children: {
      payout: () => {
        throw new Error('PAYOUT_STATE_CONFLICT');
      },
    },
  });
  expect(outcome.kind).toBe('failed');
});

test.each([1, 2, 3, 4, 5])('a request to cancel at activation %s does not stop it', async (at) => {
  const { outcome } = await harness.run({
    type: 'subsidyPayout',
    input,
    cancelAt: at,
    activities: activities(paid),
    children: { payout: () => ({ kind: 'payout', state: 'final' }) },
  });
  expect(outcome).toMatchObject({ kind: 'completed', result: { payout: { state: 'final' } } });
});
