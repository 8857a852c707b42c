import { appRole, openDatabase, withTransaction, type Database } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { isRefusal, money } from '@sluice/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { evaluateTransfers, nextState } from '../domain/evaluate-transfers.ts';
import type { LedgerState } from '../domain/ledger-state.ts';
import type { Transfer, TransferResult } from '../domain/transfer.ts';
import { openAccounts } from '../store/accounts.ts';
import { checkLedger } from '../store/check-ledger.ts';
import { ledgerMigrations } from '../store/migrations.ts';
import { arbitraryTransfers, modelAccounts } from '../testing/arbitrary-transfers.ts';
import { account, openedState, transfer } from '../testing/samples.ts';
import { createCollector, type Collector, type CollectorOptions } from './collector.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(ledgerMigrations);
  // What the database refuses and the evaluation does not: a fault that nobody expected.
  await db.owner.query(
    `alter table ledger.transfer add constraint no_poison check (reference not like 'poison%')`,
  );
  await open('left', 'right', 'other');
});
afterAll(async () => {
  expect((await checkLedger(db.app)).flatMap(({ violations }) => violations)).toEqual([]);
  await db.drop();
});

function open(...codes: readonly string[]): Promise<unknown> {
  return withTransaction(db.app, (tx) =>
    openAccounts(
      tx,
      codes.map((code) => account(code)),
    ),
  );
}

const wide = { maxAgeMs: 0, maxTransfers: 1_000, maxAccounts: 1_000, maxWaiting: 10_000 };

function collector(options: Partial<CollectorOptions> = {}): Collector {
  const made = createCollector({ database: db.app, ...wide, ...options });
  onTestFinished(() => made.close());
  return made;
}

const between = (key: string, changes: Partial<Parameters<typeof transfer>[1]> = {}): Transfer =>
  transfer(key, { debitAccount: 'left', creditAccount: 'right', ...changes });

/** What a call was answered: its statuses, or the code of its refusal. */
async function answer(call: ReturnType<Collector['post']>): Promise<readonly string[] | string> {
  const answered = await call;
  return isRefusal(answered) ? answered.code : answered.map(({ status }) => status);
}

async function postedTimes(reference: string): Promise<bigint | undefined> {
  const [row] = await db.app.query<{ times: bigint }>(
    'select count(*) as times from ledger.transfer where reference = $1',
    [reference],
  );
  return row?.times;
}

/** Holds an account's row, so that a batch which needs it stays under way until it is let go. */
async function holdRow(code: string): Promise<{ readonly letGo: () => Promise<void> }> {
  const locked = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  const holding = withTransaction(db.owner, async (tx) => {
    await tx.query('select from ledger.account where code = $1 for update', [code]);
    locked.resolve();
    await free.promise;
  });
  const letGo = (): Promise<void> => {
    free.resolve();
    return holding;
  };
  onTestFinished(letGo);
  await locked.promise;
  return { letGo };
}

/** The server's process that waits for a lock in this database. */
function waitingBackend(): Promise<number> {
  return vi.waitFor(async () => {
    const [row] = await db.owner.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (row === undefined) throw new Error('nobody waits');
    return row.pid;
  });
}

describe('gathering', () => {
  test('calls of one moment go together; each gets its own answers', async () => {
    const made = collector();
    const calls = Array.from({ length: 5 }, (_, index) =>
      made.post([between(`g/${index}/1`), between(`g/${index}/2`, { amount: money(0n, 'USD') })]),
    );
    for (const call of calls) {
      expect(await answer(call)).toEqual(['created', 'amount-not-positive']);
    }
    expect(made.statistics()).toMatchObject({
      batches: { age: 1, accounts: 0, entries: 0, close: 0 },
      calls: 5,
      transfers: 10,
      waiting: 0,
    });
  });

  test('while a batch is under way the next gathers, up to its thresholds', async () => {
    const made = collector({ maxTransfers: 4, maxAccounts: 3 });
    const row = await holdRow('left');
    const first = made.post([between('w/first')]);
    await waitingBackend();
    const later = ['w/1', 'w/2', 'w/3'].map((key) => made.post([between(key)]));
    const filling = made.post([between('w/4'), between('w/5')]);
    const third = made.post([between('w/6', { creditAccount: 'other' }), between('w/7')]);
    expect(made.statistics().waiting).toBe(8);
    await row.letGo();
    for (const call of [first, ...later]) expect(await answer(call)).toEqual(['created']);
    for (const call of [filling, third]) expect(await answer(call)).toEqual(['created', 'created']);
    expect(made.statistics().batches).toEqual({ age: 1, accounts: 1, entries: 1, close: 0 });
  });

  test('who waits for company waits as long as the age, even when nobody comes', async () => {
    const made = collector({ maxAgeMs: 40 });
    const started = performance.now();
    expect(await answer(made.post([between('age')]))).toEqual(['created']);
    expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  });

  test('a chain without an end is refused alone: it never reaches its neighbour', async () => {
    const made = collector();
    const [open, neighbour] = [
      made.post([
        between('o/1'),
        between('o/2', { linked: true }),
        between('o/3', { linked: true }),
      ]),
      made.post([between('o/4'), between('o/5', { amount: money(0n, 'USD') })]),
    ];
    const only = made.post([between('o/6', { linked: true })]);
    expect(await answer(open)).toEqual(['created', 'linked-transfer-failed', 'linked-chain-open']);
    expect(await answer(neighbour)).toEqual(['created', 'amount-not-positive']);
    expect(await answer(only)).toEqual(['linked-chain-open']);
    expect(await answer(made.post([]))).toEqual([]);
    expect(made.statistics()).toMatchObject({ calls: 2, waiting: 0 });
  });

  test.each([
    ['maxAgeMs', -1],
    ['maxTransfers', 0],
    ['maxAccounts', 0.5],
    ['maxWaiting', Number.NaN],
  ])('%s cannot be %s', (name, value) => {
    expect(() => createCollector({ database: db.app, ...wide, [name]: value })).toThrow(RangeError);
  });
});

describe('bounds', () => {
  test('more than may wait is refused at once, posts nothing, and may be tried again', async () => {
    const made = collector({ maxWaiting: 3 });
    const row = await holdRow('left');
    const taken = [made.post([between('f/1')]), made.post([between('f/2'), between('f/3')])];
    const refused = made.post([between('f/4')]);
    expect(await refused).toMatchObject({
      code: 'COLLECTOR_FULL',
      details: { transfers: 1, waiting: 3, maxWaiting: 3 },
    });
    await row.letGo();
    expect(await Promise.all(taken.map(answer))).toEqual([['created'], ['created', 'created']]);
    expect(await postedTimes('f/4')).toBe(0n);
    expect(await answer(made.post([between('f/4')]))).toEqual(['created']);
    expect(made.statistics()).toMatchObject({ refusedCalls: 1, waiting: 0 });
  });

  test('a call that can never be taken is told so', async () => {
    const made = collector({ maxWaiting: 1 });
    expect(await answer(made.post([between('l/1'), between('l/2')]))).toBe(
      'COLLECTOR_CALL_TOO_LARGE',
    );
  });

  test('closing answers what was taken, at once, and refuses what comes later', async () => {
    const made = collector({ maxAgeMs: 3_600_000 });
    const taken = made.post([between('c/1')]);
    const closing = made.close();
    expect(await answer(made.post([between('c/2')]))).toBe('COLLECTOR_CLOSED');
    expect(await answer(taken)).toEqual(['created']);
    await closing;
    await made.close();
    expect(made.statistics()).toMatchObject({ batches: { close: 1 }, waiting: 0 });
    expect(await postedTimes('c/2')).toBe(0n);
  });
});

describe('faults', () => {
  test('an error of one call is no answer to its neighbours', async () => {
    const made = collector();
    const good = (name: string) => made.post([between(`p/${name}/1`), between(`p/${name}/2`)]);
    const before = good('before');
    const poisoned = made.post([between('p/3'), between('p/4', { reference: 'poison' })]);
    const after = good('after');
    await expect(poisoned).rejects.toThrow(/no_poison/);
    for (const call of [before, after]) expect(await answer(call)).toEqual(['created', 'created']);
    expect(await postedTimes('p/3')).toBe(0n);
    expect(made.statistics()).toMatchObject({ failedBatches: 1, waiting: 0 });
  });

  test('a backend that dies within a batch costs nobody the answer', async () => {
    const made = collector();
    const row = await holdRow('left');
    const calls = ['k/1', 'k/2', 'k/3'].map((key) => made.post([between(key)]));
    await db.owner.query('select pg_terminate_backend($1)', [await waitingBackend()]);
    await row.letGo();
    for (const call of calls) expect(await answer(call)).toEqual(['created']);
    expect(await Promise.all(['k/1', 'k/2', 'k/3'].map(postedTimes))).toEqual([1n, 1n, 1n]);
  });

  test('a commit whose answer was lost is asked about, and nothing is posted twice', async () => {
    let lost = 0;
    const made = collector({ database: losingCommits(() => (lost += 1) === 1) });
    const calls = ['a/1', 'a/2'].map((key) => made.post([between(key)]));
    for (const call of calls) expect(await answer(call)).toEqual(['exists']);
    expect(await Promise.all(['a/1', 'a/2'].map(postedTimes))).toEqual([1n, 1n]);
    expect(made.statistics().failedBatches).toBe(0);
    expect(lost).toBe(2);
  });

  test('when the answers stay away, the caller is told that it may have happened', async () => {
    const made = collector({ database: losingCommits(() => true) });
    const calls = ['n/1', 'n/2'].map((key) => made.post([between(key)]));
    for (const call of calls) await expect(call).rejects.toThrow(/may have happened/);
    // What it is told to do: repeat.
    const again = collector().post([between('n/1'), between('n/2')]);
    expect(await answer(again)).toEqual(['exists', 'exists']);
  });
});

/** The same database, whose connections break as soon as some commits have happened. */
function losingCommits(isLost: () => boolean): Database {
  return {
    ...db.app,
    async connect() {
      const client = await db.app.connect();
      return new Proxy(client, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          const call = value.bind(target) as (...args: readonly unknown[]) => unknown;
          if (name !== 'query') return call;
          return async (...args: readonly unknown[]) => {
            const result = await call(...args);
            if (args[0] === 'commit' && isLost()) throw new Error('the connection broke');
            return result;
          };
        },
      });
    },
  };
}

test('32 callers on hot accounts, backends dying: what is answered is there once', async () => {
  await open('hot/1', 'hot/2', 'hot/3');
  const doomed = openDatabase({ url: db.url, role: appRole, applicationName: 'doomed' });
  onTestFinished(() => doomed.close());
  const made = collector({ database: doomed, maxTransfers: 16 });
  let answered = 0;
  let rejected = 0;
  const call = async (key: string, batch: readonly Transfer[]): Promise<void> => {
    for (;;) {
      const statuses = await answer(made.post(batch)).catch(() => undefined);
      if (statuses === undefined) {
        rejected += 1;
        continue;
      }
      expect(await postedTimes(key)).toBe(2n);
      expect(statuses).toSatisfy(
        (all: readonly string[]) =>
          all.every((status) => status === 'created') || all.every((status) => status === 'exists'),
      );
      answered += 1;
      return;
    }
  };
  const callers = Array.from({ length: 32 }, async (_, caller) => {
    for (let round = 0; round < 10; round += 1) {
      const key = `hot/${caller}/${round}`;
      const hot = (offset: number) => `hot/${1 + ((caller + round + offset) % 3)}`;
      const path = { debitAccount: hot(0), creditAccount: hot(1), reference: key };
      await call(key, [
        transfer(`${key}/there`, { ...path, linked: true }),
        transfer(`${key}/on`, { ...path, debitAccount: hot(1), creditAccount: hot(2) }),
      ]);
    }
  });
  const isDone = Promise.all(callers).then(() => true);
  let killed = 0;
  while (
    !(await Promise.race([isDone, db.owner.query('select pg_sleep(0.02)').then(() => false)]))
  ) {
    const rows = await db.owner.query<{ killed: boolean }>(
      `select pg_terminate_backend(pid) as killed from pg_stat_activity
       where datname = current_database() and application_name = 'doomed' and state <> 'idle'`,
    );
    killed += rows.length;
  }
  expect(answered).toBe(320);
  expect(killed).toBeGreaterThan(0);
  expect(made.statistics().waiting).toBe(0);
  const [there] = await db.app.query<{ transfers: bigint }>(
    `select count(*) as transfers from ledger.transfer where reference like 'hot/%'`,
  );
  expect(there?.transfers).toBe(640n);
  // A rejection is allowed, and rare: only a commit that died twice tells one.
  expect(rejected).toBeLessThan(320);
});

/** The same transfers under ids and accounts of one round, and with time-outs that never end. */
function inRound(transfers: readonly Transfer[], prefix: string): readonly Transfer[] {
  const rename = (id: string): string => (id.length === 36 ? transfer(`${prefix}${id}`).id : id);
  return transfers.map((one) => {
    const id = rename(one.id);
    if ('holdId' in one) return { ...one, id, holdId: rename(one.holdId) };
    if ('originalId' in one) return { ...one, id, originalId: rename(one.originalId) };
    const accounts = {
      debitAccount: `${prefix}${one.debitAccount}`,
      creditAccount: `${prefix}${one.creditAccount}`,
    };
    const isShort = one.kind === 'hold' && one.timeoutMs !== null && one.timeoutMs > 0;
    return { ...one, id, ...accounts, ...(isShort ? { timeoutMs: 3_600_000 } : {}) };
  });
}

test('calls made at once are answered as if they were made one after the other', async () => {
  let round = 0;
  const calls = fc.array(arbitraryTransfers('', 8), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(calls, fc.integer({ min: 1, max: 20 }), async (drafts, maxTransfers) => {
      round += 1;
      const prefix = `serial/${round}/`;
      const accounts = modelAccounts.map((one) => ({ ...one, code: `${prefix}${one.code}` }));
      await withTransaction(db.app, (tx) => openAccounts(tx, accounts));
      const made = createCollector({ database: db.app, ...wide, maxTransfers });
      const requests = drafts.map((transfers) => inRound(transfers, prefix));
      const answers = await Promise.all(requests.map((transfers) => made.post(transfers)));
      await made.close();
      let state: LedgerState = openedState(accounts);
      const expected: (readonly TransferResult[])[] = [];
      for (const transfers of requests) {
        const evaluation = evaluateTransfers(state, transfers);
        expected.push(evaluation.results);
        state = nextState(state, evaluation);
      }
      expect(answers).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});
