import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PayoutInput, PayoutReserved, PayoutView } from '../contract.ts';
import { createWorkflowHarness, type WorkflowHarness } from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const input: PayoutInput = {
  payoutId: 'P-1',
  sellerId: '330',
  amount: { amount: '12.30', currency: 'USD' },
  mainAccountId: 'main',
  reference: 'pool-1',
  watch: { pollMs: 60_000, returnPollMs: 3_600_000 },
};
const reserved = {
  kind: 'reserved',
  subAccounts: ['settlement/main/1/0'],
  sequence: '1',
} as const satisfies PayoutReserved;

function view(state: string, next: PayoutView['next']): PayoutView {
  return { kind: 'payout', state, next, attempts: 1, bankReference: null, reason: null };
}

/** Answers one after the other; the last one for ever. */
function inTurn<T>(...answers: readonly T[]): () => T {
  let calls = 0;
  return () => {
    const answer = answers[Math.min(calls, answers.length - 1)];
    calls += 1;
    return answer as T;
  };
}

describe('payout', () => {
  test('is reserved, sent once and watched until nothing can come back', async () => {
    const { outcome, log, searchAttributes, virtualMs } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: () => reserved,
        submitPayment: () => view('settled', 'watch-for-return'),
        queryPayment: inTurn(view('settled', 'watch-for-return'), view('final', 'done')),
      },
    });
    expect(outcome).toMatchObject({ kind: 'completed', result: { state: 'final' } });
    expect(log).toEqual([
      'activity reservePayout',
      'activity submitPayment',
      'timer 3600000',
      'activity queryPayment',
      'timer 3600000',
      'activity queryPayment',
    ]);
    expect(virtualMs).toBe(7_200_000);
    expect(searchAttributes).toMatchObject({ PayoutState: 'final', AmountMinor: 1230 });
  });

  test('asks at once after an unclear answer, and never sends while it is unclear', async () => {
    const { outcome, log } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: () => reserved,
        submitPayment: () => view('unknown', 'query'),
        queryPayment: inTurn(view('unknown', 'query'), view('final', 'done')),
      },
    });
    expect(outcome.kind).toBe('completed');
    expect(log).toEqual([
      'activity reservePayout',
      'activity submitPayment',
      'activity queryPayment',
      'timer 60000',
      'activity queryPayment',
    ]);
  });

  test('sends again only after the bank said that it never had it, and a while', async () => {
    const { log } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: () => reserved,
        submitPayment: inTurn(view('unknown', 'query'), view('final', 'done')),
        queryPayment: () => view('reserved', 'submit'),
      },
    });
    expect(log).toEqual([
      'activity reservePayout',
      'activity submitPayment',
      'activity queryPayment',
      'timer 60000',
      'activity submitPayment',
    ]);
  });

  test('looks at the bank at once when an operator asks for it', async () => {
    const { log, virtualMs } = await harness.run({
      type: 'payout',
      input,
      messages: [{ signal: 'lookNow' }],
      activities: {
        reservePayout: () => reserved,
        submitPayment: () => view('settled', 'watch-for-return'),
        queryPayment: () => view('returned', 'done'),
      },
    });
    expect(log).toContain('signal lookNow');
    expect(virtualMs).toBe(0);
  });

  test('calls an operator while the bank stays unclear, and goes on asking', async () => {
    const unclear = Array.from({ length: 12 }, () => view('unknown', 'query'));
    const { attributeLog, searchAttributes, outcome } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: () => reserved,
        submitPayment: () => view('unknown', 'query'),
        queryPayment: inTurn(...unclear, view('final', 'done')),
      },
    });
    expect(attributeLog.filter((line) => line === 'NeedsOperator=true')).toHaveLength(1);
    expect(searchAttributes['NeedsOperator']).toBe(false);
    expect(outcome.kind).toBe('completed');
  });

  test('has the generation redistributed when it is thin, then reserves', async () => {
    const started: unknown[] = [];
    const { log } = await harness.run({
      type: 'payout',
      input,
      children: { redistribution: (child: unknown) => void started.push(child) },
      activities: {
        reservePayout: inTurn<PayoutReserved>({ kind: 'redistribute', generation: 3 }, reserved),
        submitPayment: () => view('final', 'done'),
      },
    });
    expect(started).toEqual([{ mainAccountId: 'main', generation: 3 }]);
    expect(log[1]).toBe('child redistribution:main:3');
  });

  test('waits when another payout redistributes already, longer each time', async () => {
    const { log } = await harness.run({
      type: 'payout',
      input,
      children: { redistribution: () => 'already-started' },
      activities: {
        reservePayout: inTurn<PayoutReserved>(
          { kind: 'redistribute', generation: 1 },
          { kind: 'wait', waitMs: 500 },
          { kind: 'wait', waitMs: 500 },
          { kind: 'wait', waitMs: 500 },
          reserved,
        ),
        submitPayment: () => view('final', 'done'),
      },
    });
    const timers = ['timer 200', 'timer 500', 'timer 1000', 'timer 2000'];
    expect(log.filter((line) => line.startsWith('timer'))).toEqual(timers);
  });

  test('calls an operator when a redistribution does not end', async () => {
    const waits = Array.from({ length: 14 }, (): PayoutReserved => ({ kind: 'wait', waitMs: 500 }));
    const { log, attributeLog, searchAttributes } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: inTurn<PayoutReserved>(...waits, reserved),
        submitPayment: () => view('final', 'done'),
      },
    });
    expect(log.filter((line) => line === 'timer 60000').length).toBeGreaterThan(5);
    expect(attributeLog).toContain('NeedsOperator=true');
    expect(searchAttributes['NeedsOperator']).toBe(false);
  });

  test('waits for money in plain sight when the main account cannot cover it', async () => {
    const { log, outcome } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: inTurn<PayoutReserved>(
          { kind: 'awaiting-funds', message: 'main account main holds 1.00 USD' },
          reserved,
        ),
        submitPayment: () => view('final', 'done'),
      },
    });
    expect(log.slice(0, 3)).toEqual([
      'activity reservePayout',
      'timer 60000',
      'activity reservePayout',
    ]);
    expect(outcome.kind).toBe('completed');
  });

  test('shows that it waits for money, once', async () => {
    const waits: PayoutReserved = { kind: 'awaiting-funds', message: 'main holds 1.00 USD' };
    const { attributeLog } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: inTurn<PayoutReserved>(waits, waits, waits, reserved),
        submitPayment: () => view('final', 'done'),
      },
    });
    const states = attributeLog.filter((line) => line.startsWith('PayoutState'));
    expect(states).toEqual([
      'PayoutState=reserving',
      'PayoutState=awaiting-funds',
      'PayoutState=final',
    ]);
  });

  test('looks for money at once when an operator asks for it', async () => {
    const waits: PayoutReserved = { kind: 'awaiting-funds', message: 'main holds 1.00 USD' };
    const { virtualMs, outcome } = await harness.run({
      type: 'payout',
      input,
      messages: [{ signal: 'lookNow' }],
      activities: {
        reservePayout: inTurn<PayoutReserved>(waits, reserved),
        submitPayment: () => view('final', 'done'),
      },
    });
    expect(outcome.kind).toBe('completed');
    expect(virtualMs).toBe(0);
  });

  test('that is watched for long goes on as a new run, which sends nothing again', async () => {
    const watched = view('settled', 'watch-for-return');
    const first = await harness.run({
      type: 'payout',
      input,
      continueAsNewFrom: 3,
      activities: {
        reservePayout: () => reserved,
        submitPayment: () => watched,
        queryPayment: () => watched,
      },
    });
    if (first.outcome.kind !== 'continued-as-new') throw new Error(first.outcome.kind);
    const progress = { subAccounts: reserved.subAccounts, view: watched, unclear: 0 };
    expect(first.outcome.input).toEqual({ ...input, progress });
    const second = await harness.run({
      type: 'payout',
      input: first.outcome.input,
      activities: { queryPayment: () => view('final', 'done') },
    });
    expect(second.log).toEqual(['activity queryPayment']);
    expect(second.outcome).toMatchObject({ kind: 'completed', result: { state: 'final' } });
  });

  test('that waits for money for long goes on as a new run from its beginning', async () => {
    const { outcome } = await harness.run({
      type: 'payout',
      input,
      continueAsNewFrom: 2,
      activities: { reservePayout: () => ({ kind: 'awaiting-funds', message: 'no money' }) },
    });
    expect(outcome).toEqual({ kind: 'continued-as-new', input });
  });

  test.each([
    { pollMs: 0, returnPollMs: 1 },
    { pollMs: 1, returnPollMs: 0.5 },
  ])('with a watch of %o is refused before it does anything', async (watch) => {
    const { outcome, log } = await harness.run({
      type: 'payout',
      input: { ...input, watch },
      activities: {},
    });
    expect(outcome).toMatchObject({ kind: 'failed', type: 'INPUT_INVALID' });
    expect(log).toEqual([]);
  });

  test('ends with the refusal when it can never be reserved', async () => {
    const { outcome } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: () => ({
          kind: 'refusal',
          code: 'PAYOUT_ID_REUSED',
          message: 'P-1 stands for another payout',
          details: {},
        }),
      },
    });
    expect(outcome).toMatchObject({ kind: 'failed', type: 'PAYOUT_ID_REUSED' });
  });

  test('an activity that gives up for good fails the payout visibly', async () => {
    const { outcome } = await harness.run({
      type: 'payout',
      input,
      activities: {
        reservePayout: () => {
          throw ApplicationFailure.nonRetryable('broken', 'Broken');
        },
      },
    });
    expect(outcome.kind).toBe('failed');
  });
});
