import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BookingBatchSent, BookingsLooked } from '../contract.ts';
import {
  createWorkflowHarness,
  type HarnessMessage,
  type HarnessResult,
  type WorkflowHarness,
} from '../testing/workflow-harness.ts';

let harness: WorkflowHarness;
beforeAll(async () => void (harness = await createWorkflowHarness()));
afterAll(() => harness.close());

const input = { institution: 'corner', rule: 'subsidy.coupon' };
const hint = { signal: 'lookAtBookings' };
const accepted: BookingBatchSent = { kind: 'accepted', receipt: 'ACC-1', entries: 3 };
const unclear: BookingBatchSent = { kind: 'unknown', message: 'time-out' };
const refused: BookingBatchSent = { kind: 'refused', code: 'PERIOD_CLOSED', message: 'too late' };

const nothing: BookingsLooked = {
  ...{ kind: 'looked', closed: null, open: null },
  ...{ unsent: 0, refused: 0, next: null },
};
const waiting = (next: string): BookingsLooked => ({ ...nothing, unsent: 1, next });
const gathering = (dueInMs: number): BookingsLooked => ({
  ...nothing,
  open: { entries: 2, accounts: 4, dueInMs },
});

/** Each look and each answer in turn; the last one of each for ever. */
async function run(
  script: {
    readonly looks: readonly BookingsLooked[];
    readonly answers?: readonly BookingBatchSent[];
    readonly messages?: readonly HarnessMessage[];
  },
  activations: number,
): Promise<HarnessResult & { readonly keys: readonly string[] }> {
  const { looks, answers = [], messages = [] } = script;
  const keys: string[] = [];
  let looked = 0;
  const result = await harness.run({
    type: 'bookingBatch',
    ...{ input, messages, cancelAt: activations },
    activities: {
      lookAtBookings: () => looks[Math.min(looked++, looks.length - 1)],
      sendBookingBatch: ({ key }: { key: string }) => {
        keys.push(key);
        return answers[Math.min(keys.length, answers.length) - 1];
      },
      sendRefusedBookings: () => ({ kind: 'taken-up', tasks: 1 }),
    },
  });
  return { ...result, keys };
}

/** It goes on for ever: what it did first. */
function expectFirst(log: readonly string[], steps: readonly string[]): void {
  expect(log.slice(0, steps.length)).toEqual(steps);
}

const look = 'activity lookAtBookings';
const send = 'activity sendBookingBatch';

describe('bookingBatch', () => {
  test('with nothing to do it looks once a minute', async () => {
    const { log } = await run({ looks: [nothing] }, 9);
    expectFirst(log, [look, 'timer 60000', look, 'timer 60000', look, 'timer 60000']);
  });

  test('it wakes when the period of the open task is over, and sends what was closed', async () => {
    const { log, keys } = await run(
      { looks: [gathering(4_000), waiting('t-1'), nothing], answers: [accepted] },
      12,
    );
    expectFirst(log, [look, 'timer 4000', look, send, look, 'timer 60000']);
    expect(keys).toEqual(['t-1']);
  });

  test('a long period is looked at in between, since thresholds may be reached', async () => {
    const { log } = await run({ looks: [gathering(7_200_000)] }, 9);
    expectFirst(log, [look, 'timer 60000', look, 'timer 60000']);
  });

  test('a hint has it look at once', async () => {
    const { log } = await run({ looks: [gathering(4_000)], messages: [hint] }, 9);
    expectFirst(log, [look, 'timer 4000', 'signal lookAtBookings', look, 'timer 4000']);
  });

  test('several batches are sent one after the other, without a pause', async () => {
    const { log, keys } = await run(
      { looks: [waiting('t-1'), waiting('t-2'), waiting('t-3'), nothing], answers: [accepted] },
      12,
    );
    expectFirst(log, [look, send, look, send, look, send, look, 'timer 60000']);
    expect(keys).toEqual(['t-1', 't-2', 't-3']);
  });

  test('an unclear answer is asked about again and again, ever more slowly', async () => {
    const { log } = await run({ looks: [waiting('t-1')], answers: [unclear] }, 48);
    const pauses = log.filter((line) => line.startsWith('timer') && line !== 'timer 60000');
    expect(pauses.slice(0, 10)).toEqual(
      [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000].map(
        (ms) => `timer ${ms}`,
      ),
    );
  });

  test('it needs an operator after ten of them, and no more once the answer is clear', async () => {
    const answers = [...Array.from({ length: 12 }, () => unclear), accepted];
    const looks = [...Array.from({ length: 25 }, () => waiting('t-1')), nothing];
    const { attributeLog } = await run({ looks, answers }, 70);
    expect(attributeLog).toEqual(['NeedsOperator=true', 'NeedsOperator=false']);
  });

  test('while an answer is unclear, a hint has it look, and not send', async () => {
    const { log } = await run(
      { looks: [waiting('t-1')], answers: [unclear], messages: [hint, hint] },
      14,
    );
    expectFirst(log, [
      ...[look, send, 'timer 500', look, 'timer 60000'],
      ...['signal lookAtBookings', look, 'timer 60000', 'signal lookAtBookings', look],
      ...['timer 60000', look, send, 'timer 1000', look],
    ]);
  });

  test('a refused batch is parked for an operator, and the next one goes on', async () => {
    const parked = { ...nothing, refused: 1 };
    const { log, keys, searchAttributes } = await run(
      {
        looks: [waiting('t-1'), { ...waiting('t-2'), refused: 1 }, parked],
        answers: [refused, accepted],
      },
      12,
    );
    expectFirst(log, [look, send, look, send, look, 'timer 60000']);
    expect(keys).toEqual(['t-1', 't-2']);
    expect(searchAttributes['NeedsOperator']).toBe(true);
  });

  test('an operator has refused batches taken up again', async () => {
    const parked = { ...nothing, refused: 1 };
    const { log, attributeLog } = await run(
      {
        looks: [waiting('t-1'), parked, waiting('t-1'), nothing],
        answers: [refused, accepted],
        messages: [{ signal: 'sendRefusedBookings' }],
      },
      12,
    );
    expectFirst(log, [
      ...[look, send, look, 'timer 60000', 'signal sendRefusedBookings'],
      ...['activity sendRefusedBookings', look, send, look, 'timer 60000'],
    ]);
    expect(attributeLog).toEqual(['NeedsOperator=true', 'NeedsOperator=false']);
  });

  test('a task that is not there ends it with the refusal', async () => {
    const { outcome } = await harness.run({
      type: 'bookingBatch',
      input,
      activities: {
        lookAtBookings: () => waiting('t-1'),
        sendBookingBatch: () => ({
          ...{ kind: 'refusal', code: 'BOOKING_TASK_UNKNOWN', message: 'no task', details: {} },
        }),
      },
    });
    expect(outcome).toMatchObject({ kind: 'failed', type: 'BOOKING_TASK_UNKNOWN' });
  });

  test('it goes on as a new run, with what it has counted and what it waits for', async () => {
    const answers = [accepted, unclear];
    let sent = 0;
    const { outcome } = await harness.run({
      type: 'bookingBatch',
      input,
      continueAsNewFrom: 3,
      activities: {
        lookAtBookings: () => waiting('t-1'),
        sendBookingBatch: () => answers[sent++],
      },
    });
    if (outcome.kind !== 'continued-as-new') throw new Error(outcome.kind);
    expect(outcome.input).toMatchObject({
      ...input,
      progress: { batches: 1, entries: 3, unclear: 1, said: 'unclear: time-out' },
    });
  });

  test.each([1, 2, 3, 4])('a request to cancel at activation %i ends it', async (at) => {
    const { outcome } = await run({ looks: [waiting('t-1')], answers: [accepted] }, at);
    expect(outcome.kind).toBe('cancelled');
  });
});
