import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PayoutInput, PayoutView } from '../contract.ts';
import {
  createWorkflowHarness,
  type HarnessResult,
  type WorkflowHarness,
} from '../testing/workflow-harness.ts';

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

const broken = (): never => {
  throw ApplicationFailure.nonRetryable('it cannot go on', 'BROKEN');
};
const view = (state: string, next: PayoutView['next']) => (): PayoutView => ({
  ...{ kind: 'payout', state, next, attempts: 1 },
  ...{ bankReference: null, reason: null },
});

/** Everything that each step can come to; the first is how it goes when all is well. */
const bankSays: readonly (() => unknown)[] = [
  view('final', 'done'),
  view('settled', 'watch-for-return'),
  view('submitted', 'wait-for-bank'),
  view('unknown', 'query'),
  view('reserved', 'submit'),
  view('returned', 'done'),
  view('rejected', 'done'),
  broken,
];
const options: Readonly<Record<string, readonly (() => unknown)[]>> = {
  reservePayout: [
    () => ({ kind: 'reserved', subAccounts: ['settlement/main/1/0'], sequence: '1' }),
    () => ({ kind: 'redistribute', generation: 1 }),
    () => ({ kind: 'wait', waitMs: 200 }),
    () => ({ kind: 'awaiting-funds', message: 'the main account holds 1.00 USD' }),
    () => ({ kind: 'refusal', code: 'PAYOUT_NOT_OWED', message: 'not owed', details: {} }),
    broken,
  ],
  submitPayment: bankSays,
  queryPayment: bankSays,
  redistribution: [
    () => ({ kind: 'redistributed', generation: 2, subAccounts: 3 }),
    () => 'already-started',
    broken,
  ],
};

/** Places in those lists. */
const good = 0;
const unclear = 3;

interface Played {
  /** Each step with what it came to, in order. */
  readonly steps: readonly { readonly step: string; readonly answer: unknown }[];
  /** How many answers there were to choose from, at each step. */
  readonly widths: readonly number[];
  readonly result: HarnessResult;
}

/** Plays one run: at the n-th step the answer that the script names, behind its end the first. */
async function play(script: readonly number[], cancelAt?: number): Promise<Played> {
  const steps: { step: string; answer: unknown }[] = [];
  const widths: number[] = [];
  const choose = (step: string) => (): unknown => {
    const answers = options[step]!;
    const answer = answers[script[widths.length] ?? 0]!;
    widths.push(answers.length);
    steps.push({ step, answer: answer === broken ? 'broken' : answer() });
    return answer();
  };
  const result = await harness.run({
    type: 'payout',
    input,
    activities: {
      reservePayout: choose('reservePayout'),
      submitPayment: choose('submitPayment'),
      queryPayment: choose('queryPayment'),
    },
    children: { redistribution: choose('redistribution') },
    ...(cancelAt === undefined ? {} : { cancelAt }),
  });
  return { steps, widths, result };
}

/** Every script that differs from all others within the first `depth` steps. */
async function* explore(
  depth: number,
  script: readonly number[] = [],
): AsyncGenerator<{ readonly script: readonly number[]; readonly played: Played }> {
  const played = await play(script);
  yield { script, played };
  for (let at = script.length; at < Math.min(depth, played.widths.length); at += 1) {
    const good = Array.from({ length: at - script.length }, () => 0);
    for (let answer = 1; answer < played.widths[at]!; answer += 1) {
      yield* explore(depth, [...script, ...good, answer]);
    }
  }
}

function nextOf(answer: unknown): PayoutView['next'] | undefined {
  return (answer as Partial<PayoutView> | undefined)?.next;
}

/** What a run must never do, as sentences. */
function brokenRules({ steps, result }: Played): readonly string[] {
  const found: string[] = [];
  const last = steps.at(-1)!;
  steps.forEach(({ step }, index) => {
    const before = steps[index - 1];
    const isBank = step === 'submitPayment' || step === 'queryPayment';
    if (isBank && !steps.slice(0, index).some(({ answer }) => isReserved(answer))) {
      found.push('the bank is called before the money is put aside');
    }
    if (step === 'reservePayout' && index > 0 && isReserved(before!.answer)) {
      found.push('it is reserved again');
    }
    const isFirst = before?.step === 'reservePayout';
    if (step === 'submitPayment' && !isFirst && nextOf(before?.answer) !== 'submit') {
      found.push('it is sent again though nobody said that the bank has not got it');
    }
    if (step === 'queryPayment' && nextOf(before?.answer) === 'submit') {
      found.push('it asks where it should send');
    }
    if (nextOf(before?.answer) === 'done') found.push('it goes on after its end');
    if (before?.answer === 'broken') found.push('it goes on after a failure for good');
  });
  if (result.outcome.kind === 'completed') {
    if (nextOf(last.answer) !== 'done') found.push('it ends before the bank is done');
    if (JSON.stringify(result.outcome.result) !== JSON.stringify(last.answer)) {
      found.push('it answers something else than the bank said');
    }
    if (result.searchAttributes['NeedsOperator'] === true) found.push('it calls nobody off');
    const { state } = last.answer as PayoutView;
    if (result.searchAttributes['PayoutState'] !== state)
      found.push('the list shows another state');
  } else if (result.outcome.kind !== 'failed' || !isEnd(last.answer)) {
    found.push(`it is ${result.outcome.kind} without a failure or a refusal`);
  }
  return [...found, ...hurries(result.log)];
}

function isReserved(answer: unknown): boolean {
  return (answer as { readonly kind?: string }).kind === 'reserved';
}

function isEnd(answer: unknown): boolean {
  return answer === 'broken' || (answer as { readonly kind?: string }).kind === 'refusal';
}

/** Nothing is asked or sent again at once, but the one question after an unclear send. */
function hurries(log: readonly string[]): readonly string[] {
  return log.flatMap((line, index) => {
    const before = log[index - 1] ?? '';
    const isAgain =
      line === before || (line === 'activity submitPayment' && before.includes('query'));
    return isAgain ? [`${line} right after ${before}`] : [];
  });
}

describe('a payout, through every answer of each of its first steps,', () => {
  test.each([
    ['', 4, []],
    [', and one more after an unclear send', 5, [good, unclear]],
  ])('never breaks a money rule%s', { timeout: 60_000 }, async (_, depth, script) => {
    const broken: string[] = [];
    const ends = new Map<string, number>();
    for await (const { script: tried, played } of explore(depth, script)) {
      const { kind } = played.result.outcome;
      ends.set(kind, (ends.get(kind) ?? 0) + 1);
      broken.push(...brokenRules(played).map((rule) => `${tried.join('')}: ${rule}`));
    }
    expect(broken).toEqual([]);
    expect(ends.get('completed')).toBeGreaterThan(100);
    expect(ends.get('failed')).toBeGreaterThan(20);
  });

  test('cannot be cancelled, whenever somebody tries', async () => {
    for await (const { script, played } of explore(2)) {
      for (let at = 1; at <= 4; at += 1) {
        const cancelled = await play(script, at);
        expect(cancelled.steps).toEqual(played.steps);
        expect(cancelled.result.outcome).toEqual(played.result.outcome);
      }
    }
  });
});

test('the rules of the exploration can be broken', () => {
  const reserved = { step: 'reservePayout', answer: { kind: 'reserved' } };
  const sent = { step: 'submitPayment', answer: view('unknown', 'query')() };
  const blind = { steps: [reserved, sent, sent], widths: [] };
  const result: HarnessResult = {
    ...{ outcome: { kind: 'completed', result: null }, updates: [], virtualMs: 0 },
    ...{ log: [], searchAttributes: {}, attributeLog: [] },
  };
  expect(brokenRules({ ...blind, result })).toContain(
    'it is sent again though nobody said that the bank has not got it',
  );
});
