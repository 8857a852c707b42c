import { setTimeout as delay } from 'node:timers/promises';
import { withTransaction, type Tx } from '@sluice/database';
import type { FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal } from '@sluice/money';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  beginRedistribution,
  checkSettlement,
  completeRedistribution,
  defaultRule,
  numberTask,
  openMainAccount,
  readMainAccount,
  routeDeposit,
  routeTask,
} from '../index.ts';
import { balancesIn, openTestBank, payIn, payOut, postMoves } from '../testing/test-bank.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await openTestBank();
});
afterAll(() => db.drop());

const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTransaction(db.app, work);
const rule = { ...defaultRule(100n), waitMs: 2 };

async function openFunded(id: string, size: number, amountMinor: bigint): Promise<void> {
  await inTx(async (tx) => {
    expectAnswer(await openMainAccount(tx, { id, currency: 'CNY', size, rule }));
    const request = { mainAccountId: id, amountMinor, balances: balancesIn(tx) };
    const routed = expectAnswer(await routeDeposit(tx, request));
    if (routed.kind === 'routed') await payIn(tx, `fund ${id}`, routed.parts);
  });
}

/** Three steps in three transactions, by whoever is told to: any of them may come twice. */
async function redistribute(mainAccountId: string, generation: number): Promise<void> {
  const begun = await inTx((tx) =>
    beginRedistribution(tx, { mainAccountId, generation, balances: balancesIn(tx) }),
  );
  const { state } = expectAnswer(begun);
  if (state === 'done' || state === 'not-needed' || !('moves' in begun)) return;
  await inTx((tx) => postMoves(tx, `${mainAccountId} ${generation}`, begun.moves));
  await inTx((tx) =>
    completeRedistribution(tx, { mainAccountId, generation, balances: balancesIn(tx) }),
  );
}

/** One attempt to settle a task, in one transaction with its posting. */
async function attempt(
  mainAccountId: string,
  taskKey: string,
  amountMinor: bigint,
): Promise<Awaited<ReturnType<typeof routeTask>>> {
  return inTx(async (tx) => {
    const balances = balancesIn(tx);
    const routed = await routeTask(tx, { mainAccountId, taskKey, amountMinor, balances });
    if (routed.kind === 'routed' && (await payOut(tx, taskKey, routed))) {
      const main = expectAnswer(await readMainAccount(tx, mainAccountId));
      expect(main).toMatchObject({ generation: routed.generation, epoch: routed.epoch });
      expect(main.state).not.toBe('redistributing');
    }
    return routed;
  });
}

/** Settles a task as a workflow would: redistributes when told to, waits when told to. */
async function settle(id: string, taskKey: string, amountMinor: bigint): Promise<bigint> {
  expectAnswer(await inTx((tx) => numberTask(tx, { mainAccountId: id, taskKey })));
  for (;;) {
    const answer = await attempt(id, taskKey, amountMinor);
    if (isRefusal(answer)) {
      expect(answer.code).toBe('INSUFFICIENT_BALANCE');
      const total = BigInt(String(answer.details['total']).replace('.', ''));
      expect(total).toBeLessThan(amountMinor);
      return 0n;
    }
    if (answer.kind === 'routed') return amountMinor;
    if (answer.kind === 'wait') await delay(answer.waitMs);
    else await redistribute(id, answer.generation);
  }
}

async function totalOf(id: string): Promise<bigint> {
  const [row] = await db.owner.query<{ total: bigint }>(
    `select sum(minor)::bigint as total from public.balance where code like $1`,
    [`settlement/${id}/%`],
  );
  return row!.total;
}

async function expectSound(id: string): Promise<void> {
  const checks = await inTx((tx) => checkSettlement(tx, balancesIn(tx)));
  expect(checks.flatMap(({ violations }) => violations)).toEqual([]);
  const main = expectAnswer(await readMainAccount(db.app, id));
  expect(main.redistributions.every(({ completedAt }) => completedAt !== null)).toBe(true);
}

test('many connections drain an account: nothing lost, doubled or refused in vain', async () => {
  const fundedMinor = 8n * 300n;
  await openFunded('busy', 8, fundedMinor);
  // Every task is delivered twice, by two of twelve workers, and the draws go up to the threshold.
  const tasks = Array.from({ length: 60 }, (_, index) => ({
    key: `busy-${index}`,
    amountMinor: BigInt(1 + ((index * 37) % 100)),
  }));
  const queue = [...tasks, ...tasks.toReversed()];
  const paid = new Map<string, bigint>();
  const worker = async (): Promise<void> => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const paidMinor = await settle('busy', task.key, task.amountMinor);
      if (paidMinor > 0n) paid.set(task.key, paidMinor);
    }
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  const paidMinor = [...paid.values()].reduce((left, right) => left + right, 0n);
  const leftMinor = await totalOf('busy');
  expect(paidMinor + leftMinor).toBe(fundedMinor);
  const main = expectAnswer(await readMainAccount(db.app, 'busy'));
  expect(main.redistributions.length).toBeGreaterThan(0);
  expect(main.redistributions.length).toBeLessThanOrEqual(7);
  const [count] = await db.owner.query<{ routes: bigint }>(
    'select count(*) as routes from settlement.route',
  );
  expect(count!.routes).toBe(BigInt(paid.size));
  if (leftMinor > 0n) expect(await settle('busy', 'the rest', leftMinor)).toBe(leftMinor);
  expect(await totalOf('busy')).toBe(0n);
  await expectSound('busy');
});

test('draws larger than any sub-account and deposits at once keep the total', async () => {
  await openFunded('mixed', 4, 4_000n);
  const work = Array.from({ length: 48 }, async (_, index) => {
    if (index % 4 > 0) return -(await settle('mixed', `mixed-${index}`, BigInt(50 + index * 30)));
    for (;;) {
      const amountMinor = BigInt(index + 1);
      const answer = await inTx(async (tx) => {
        const request = { mainAccountId: 'mixed', amountMinor, balances: balancesIn(tx) };
        const routed = expectAnswer(await routeDeposit(tx, request));
        if (routed.kind === 'routed') await payIn(tx, `mixed in ${index}`, routed.parts);
        return routed;
      });
      if (answer.kind === 'routed') return amountMinor;
      await delay(answer.waitMs);
    }
  });
  const changes = await Promise.all(work);
  expect(await totalOf('mixed')).toBe(changes.reduce((left, right) => left + right, 4_000n));
  await expectSound('mixed');
});

test('a redistribution waits for the task being settled, and later tasks wait for it', async () => {
  await openFunded('fence', 2, 220n);
  await inTx((tx) => numberTask(tx, { mainAccountId: 'fence', taskKey: 'slow' }));
  const routed = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const slow = inTx(async (tx) => {
    const request = { mainAccountId: 'fence', taskKey: 'slow', amountMinor: 50n };
    const answer = expectAnswer(await routeTask(tx, { ...request, balances: balancesIn(tx) }));
    if (answer.kind === 'routed') await payOut(tx, 'slow', answer);
    routed.resolve();
    await release.promise;
    return answer;
  });
  await routed.promise;
  const begun = inTx((tx) =>
    beginRedistribution(tx, { mainAccountId: 'fence', generation: 1, balances: balancesIn(tx) }),
  );
  await untilSomebodyWaits();
  // Numbering does not stand in line behind the redistribution.
  await inTx((tx) => numberTask(tx, { mainAccountId: 'fence', taskKey: 'late' }));
  release.resolve();
  expect(await slow).toMatchObject({ kind: 'routed', generation: 1, epoch: 1 });
  const from = [
    { code: 'settlement/fence/1/0', balanceMinor: 60n },
    { code: 'settlement/fence/1/1', balanceMinor: 110n },
  ];
  expect(await begun).toMatchObject({ state: 'begun', epoch: 2, from });
  expect(await attempt('fence', 'late', 10n)).toEqual({ kind: 'wait', waitMs: 2 });
  await redistribute('fence', 1);
  expect(await attempt('fence', 'late', 10n)).toMatchObject({ generation: 2, epoch: 2 });
  await expectSound('fence');
});

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const waiting = await db.owner.query(
      `select from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
    await delay(2);
  }
}
