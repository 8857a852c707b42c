import { refuse, UnexpectedRefusalError } from '@sluice/money';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { asBusinessStep } from './business-step.ts';

let lines: Record<string, unknown>[];
let log: Logger;
beforeEach(() => {
  lines = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as (typeof lines)[0]);
  log = pino({ base: null, timestamp: false }, { write });
});

function run(step: (input: object) => Promise<object>, input: object): Promise<object> {
  const logger = new DefaultLogger('ERROR', () => undefined);
  const workflowExecution = { workflowId: 'payout:P-1', runId: 'run-1' };
  return new MockActivityEnvironment({ workflowExecution }, { logger }).run(step, input);
}

test('a step logs one line with its workflow, its keys and its answer', async () => {
  const step = asBusinessStep(log, 'drawAndBook', () =>
    Promise.resolve({
      kind: 'paid',
      subsidy: { amount: '2.88', currency: 'USD' },
      payoutId: null,
      lines: ['not', 'logged'],
    }),
  );
  await run(step, { poolId: 'july', redemptionId: 'RED-1', watch: { pollMs: 5 } });
  expect(lines).toEqual([
    {
      level: 30,
      step: 'drawAndBook',
      workflow: 'payout:P-1',
      poolId: 'july',
      redemptionId: 'RED-1',
      answer: { kind: 'paid', subsidy: '2.88 USD' },
      msg: 'drawAndBook',
    },
  ]);
});

test('a refusal is an answer, too', async () => {
  const refusal = refuse('POOL_UNKNOWN', 'there is no pool july: open it first', {
    poolId: 'july',
  });
  const step = asBusinessStep(log, 'openPool', () => Promise.resolve(refusal));
  expect(await run(step, { poolId: 'july' })).toEqual(refusal);
  expect(lines).toMatchObject([{ answer: { kind: 'refusal', code: 'POOL_UNKNOWN' } }]);
});

test('a refusal that is thrown keeps its code and details, and may be retried', async () => {
  const refusal = refuse('ATTEMPT_UNKNOWN', 'payout P-1 was never sent', { payoutId: 'P-1' });
  const step = asBusinessStep(log, 'queryPayment', () =>
    Promise.reject(new UnexpectedRefusalError(refusal)),
  );
  await expect(run(step, { payoutId: 'P-1' })).rejects.toMatchObject({
    name: 'ApplicationFailure',
    type: 'ATTEMPT_UNKNOWN',
    message: 'payout P-1 was never sent',
    details: [{ payoutId: 'P-1' }],
    nonRetryable: false,
  });
  expect(lines).toEqual([]);
});

test('any other error passes as it is', async () => {
  const step = asBusinessStep(log, 'queryPayment', () => Promise.reject(new Error('no network')));
  await expect(run(step, {})).rejects.toThrow('no network');
});
