import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { digestOf } from '@sluice/rule-engine';
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  decideRequest,
  rulesOf,
  type decideInWorkflow,
  type DecideInput,
  type DecideResult,
} from './workflows/decide-in-workflow.ts';

const usd = (amount: string): object => ({ money: { amount, currency: 'USD' } });
const fact = (name: string): object => ({ fact: name });

/** Comparisons, exact arithmetic with its rounding, a staged rollout, and a rule that says no. */
const ruleSet = {
  id: 'workflow-rules',
  version: 4,
  scope: { level: 'base' },
  facts: { 'coupon.value': { money: 'USD' }, rate: 'decimal', country: 'text', 'user.id': 'text' },
  rules: [
    {
      id: 'no-embargo',
      version: 1,
      business: 'match',
      when: { in: [fact('country'), { list: [{ text: 'XA' }, { text: 'XB' }] }] },
      then: { outcome: 'not-applied' },
    },
    {
      id: 'staged',
      version: 2,
      business: 'match',
      when: {
        and: [
          { ge: [fact('coupon.value'), usd('1.00')] },
          {
            rollout: {
              unit: fact('user.id'),
              algorithm: 'murmur3-32-100000',
              salt: 'spring',
              from: 0,
              to: 50_000,
            },
          },
        ],
      },
      then: {
        outcome: 'applied',
        value: {
          multiply: {
            value: fact('coupon.value'),
            by: fact('rate'),
            rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
          },
        },
      },
    },
    {
      id: 'doubled',
      version: 1,
      business: 'match',
      when: { lt: [fact('coupon.value'), usd('1.00')] },
      then: {
        outcome: 'applied',
        value: { min: [fact('coupon.value'), { subtract: [usd('1.00'), fact('coupon.value')] }] },
      },
    },
  ],
};

const requests = Array.from({ length: 24 }, (_, n) => ({
  'coupon.value': usd(`${n % 3}.${15 + n}`),
  country: { text: n % 7 === 0 ? 'XA' : 'US' },
  ...(n % 5 === 0 ? {} : { rate: { decimal: `0.${n}5` }, 'user.id': { text: `user:${n}` } }),
}));
const input: DecideInput = { ruleSet, business: 'match', at: '2017-07-03', requests };

let bundle: WorkflowBundleWithSourceMap;
const complaints: string[] = [];

beforeAll(async () => {
  // The core would tell of the replay that must fail; the test does.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'OFF' } },
  });
  bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('workflows/decide-in-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('WARN', ({ message }) => complaints.push(message)),
  });
});

describe('the rule engine in a workflow', () => {
  let connection: Connection;
  let native: NativeConnection;
  let client: Client;
  const taskQueue = `rules-${randomUUID()}`;
  const workflowId = taskQueue;

  beforeAll(async () => {
    const address = process.env['SLUICE_TEST_TEMPORAL_ADDRESS'] ?? '';
    connection = await Connection.connect({ address });
    native = await NativeConnection.connect({ address });
    client = new Client({ connection });
  });
  afterAll(async () => {
    await native.close();
    await connection.close();
  });

  async function decideThere(): Promise<DecideResult> {
    const worker = await Worker.create({ connection: native, workflowBundle: bundle, taskQueue });
    return worker.runUntil(
      client.workflow.execute<typeof decideInWorkflow>('decideInWorkflow', {
        taskQueue,
        workflowId,
        args: [input],
      }),
    );
  }

  test('decides byte for byte as it does in Node, and what it did replays', async () => {
    const there = await decideThere();
    const here = await Promise.all(
      requests.map((each) => decideRequest(rulesOf(input), each, input)),
    );
    expect(there).toEqual({ digest: digestOf(ruleSet), decided: here });
    const outcomes = here.map(({ atOnce }) => (JSON.parse(atOnce) as { outcome: string }).outcome);
    expect([...new Set(outcomes)].sort()).toEqual(['applied', 'not-applied', 'unknown']);
    expect(here.map(({ late }) => late)).toEqual(here.map(({ atOnce }) => atOnce));

    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId);

    const other = requests.map((each) => ({ ...each, country: { text: 'XA' } }));
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input;
    started!.payloads = [defaultPayloadConverter.toPayload({ ...input, requests: other })];
    await expect(
      Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId),
    ).rejects.toThrow(expect.objectContaining({ name: 'DeterminismViolationError' }));
  });
});

test('the bundle of a workflow with the rule engine has nothing of Node in it', () => {
  expect(complaints).toEqual([]);
  const required = [
    ...bundle.code.matchAll(/"([\w:/]+)(?:\?\w+)?" *\(ignored\)|require\("([^"]+)"\)/g),
  ];
  expect(required.map(([found]) => found)).toEqual([]);
  expect(bundle.code.includes('murmur3-32-100000')).toBe(true);
});
