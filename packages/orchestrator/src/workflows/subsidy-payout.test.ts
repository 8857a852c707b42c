import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RedemptionOutcome, SubsidyPayoutInput } from '../contract.ts';
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
  sellerOf: () => ({ sellerId: '330' }),
  decideDiscounts: () => ({ kind: 'decided', discounts: {}, explanation: [] }),
  quoteSubsidy: () => ({ kind: 'quoted', components: [], subsidy: outcome.subsidy }),
  drawAndBook: () => outcome,
});

test('a paid redemption goes on to its payout, under the key of the redemption', async () => {
  let child: unknown;
  const { outcome, log } = await harness.run({
    type: 'subsidyPayout',
    input,
    activities: activities({
      kind: 'paid',
      subsidy: { amount: '1.20', currency: 'USD' },
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
  expect(child).toMatchObject({ payoutId: 'redemption/RED-1', amount: { amount: '1.20' } });
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
