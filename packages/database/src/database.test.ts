import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  canonicalJson,
  databaseMigrations,
  migrate,
  once,
  RetryTransactionError,
  sqlState,
  withTransaction,
  type Command,
  type Json,
  type Tx,
} from './index.ts';
import { freshDatabase, type FreshDatabase } from './testing/index.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase();
  await db.owner.query('create table public.note (id text primary key, big bigint, day date)');
  await db.owner.query('grant select, insert, update on public.note to sluice_app');
});
afterAll(() => db.drop());

const insertNote = (tx: Tx, id: string): Promise<unknown> =>
  tx.query('insert into public.note (id) values ($1)', [id]);

async function noteExists(id: string): Promise<boolean> {
  return (await db.app.query('select from public.note where id = $1', [id])).length === 1;
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('withTransaction', () => {
  test('commits what its work wrote', async () => {
    await withTransaction(db.app, (tx) => insertNote(tx, 'kept'));
    expect(await noteExists('kept')).toBe(true);
  });

  test('leaves nothing behind when its work throws, and the connection stays usable', async () => {
    const failure = new Error('no');
    const work = withTransaction(db.app, async (tx) => {
      await insertNote(tx, 'undone');
      throw failure;
    });
    expect(await rejection(work)).toBe(failure);
    expect(await noteExists('undone')).toBe(false);
  });

  test('a savepoint undoes its own writes only', async () => {
    await withTransaction(db.app, async (tx) => {
      await insertNote(tx, 'before');
      const inner = tx.savepoint(() => insertNote(tx, 'before'));
      expect(sqlState(await rejection(inner))).toBe('23505');
      await tx.savepoint(() => insertNote(tx, 'after'));
    });
    expect(await noteExists('before')).toBe(true);
    expect(await noteExists('after')).toBe(true);
  });

  test('runs its work again when asked, and gives up after a few times', async () => {
    let attempts = 0;
    await withTransaction(db.app, () => {
      attempts += 1;
      return attempts < 3 ? Promise.reject(new RetryTransactionError('race')) : Promise.resolve();
    });
    expect(attempts).toBe(3);
    const hopeless = withTransaction(db.app, () => Promise.reject(new RetryTransactionError('x')));
    expect(await rejection(hopeless)).toBeInstanceOf(RetryTransactionError);
  });

  test('two transactions that lock the same rows in opposite order both get through', async () => {
    await db.app.query(`insert into public.note (id, big) values ('left', 0), ('right', 0)`);
    const raise = (first: string, second: string): Promise<void> =>
      withTransaction(db.app, async (tx) => {
        await tx.query('update public.note set big = big + 1 where id = $1', [first]);
        await tx.query('select pg_sleep(0.05)');
        await tx.query('update public.note set big = big + 1 where id = $1', [second]);
      });
    await Promise.all([raise('left', 'right'), raise('right', 'left')]);
    const rows = await db.app.query(`select big from public.note where id in ('left', 'right')`);
    expect(rows).toEqual([{ big: 2n }, { big: 2n }]);
  });
});

describe('a statement that the commit does not wait for', () => {
  test('is committed with everything else', async () => {
    const answer = await withTransaction(db.app, async (tx) => {
      await insertNote(tx, 'waited for');
      tx.beforeCommit(insertNote(tx, 'ahead'));
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await noteExists('waited for')).toBe(true);
    expect(await noteExists('ahead')).toBe(true);
  });

  test('undoes the transaction when the server refuses it, whatever came before', async () => {
    const work = withTransaction(db.app, async (tx) => {
      await insertNote(tx, 'before the refused');
      tx.beforeCommit(insertNote(tx, 'waited for'));
    });
    expect(sqlState(await rejection(work))).toBe('23505');
    expect(await noteExists('before the refused')).toBe(false);
  });

  test('undoes the transaction when it could not be sent at all', async () => {
    const unsendable = { toPostgres: (): string => expect.fail('no such value') };
    const work = withTransaction(db.app, async (tx) => {
      await insertNote(tx, 'before the unsendable');
      tx.beforeCommit(tx.query('insert into public.note (id) values ($1)', [unsendable]));
    });
    expect(await rejection(work)).toMatchObject({ message: 'no such value' });
    expect(await noteExists('before the unsendable')).toBe(false);
  });

  test('is the error that is thrown, not those of the statements behind it', async () => {
    const work = withTransaction(db.app, async (tx) => {
      tx.beforeCommit(insertNote(tx, 'waited for'));
      await insertNote(tx, 'behind the refused');
    });
    expect(sqlState(await rejection(work))).toBe('23505');
  });

  test('can ask for another try by what it rejects with', async () => {
    let attempts = 0;
    await withTransaction(db.app, async (tx) => {
      attempts += 1;
      const id = attempts < 3 ? 'waited for' : 'third try';
      await tx.query('select 1');
      tx.beforeCommit(
        insertNote(tx, id).catch((cause: unknown) => {
          throw new RetryTransactionError('taken', { cause });
        }),
      );
    });
    expect(attempts).toBe(3);
    expect(await noteExists('third try')).toBe(true);
  });

  test('is undone with its savepoint, and the transaction goes on', async () => {
    await withTransaction(db.app, async (tx) => {
      const inner = tx.savepoint(async () => {
        await insertNote(tx, 'inside');
        tx.beforeCommit(insertNote(tx, 'waited for'));
      });
      expect(sqlState(await rejection(inner))).toBe('23505');
      await insertNote(tx, 'outside');
    });
    expect(await noteExists('inside')).toBe(false);
    expect(await noteExists('outside')).toBe(true);
  });
});

test('an error that work keeps to itself never passes for a commit', async () => {
  const work = withTransaction(db.app, async (tx) => {
    await rejection(insertNote(tx, 'waited for'));
  });
  expect(await rejection(work)).toMatchObject({
    message: expect.stringContaining('nothing was committed') as string,
  });
});

test('a bigint arrives as bigint and a date as text', async () => {
  const [row] = await db.app.query(
    `select 9007199254740993::bigint as big, date '2017-07-01' as day`,
  );
  expect(row).toEqual({ big: 9007199254740993n, day: '2017-07-01' });
});

describe('once', () => {
  const command = (key: string, body: Json = key): Command => ({ key, body });
  const run = (
    commands: readonly Command[],
    work: (fresh: readonly number[]) => readonly Json[],
  ): Promise<readonly Json[]> =>
    withTransaction(db.app, (tx) =>
      once<Json>(tx, commands, 'workflow-1', (fresh) => Promise.resolve(work(fresh))),
    ) as Promise<readonly Json[]>;

  test('runs fresh commands, and gives their first outcome ever after', async () => {
    const commands = [command('a'), command('b')];
    const first = await run(commands, (fresh) => fresh.map((index) => ({ paid: index })));
    expect(first).toEqual([{ paid: 0 }, { paid: 1 }]);
    const second = await run([...commands, command('c')], (fresh) => {
      expect(fresh).toEqual([2]);
      return ['new'];
    });
    expect(second).toEqual([{ paid: 0 }, { paid: 1 }, 'new']);
  });

  test('the same key with another body is refused, in one batch and later', async () => {
    const [kept, refused] = await run([command('d', 1), command('d', 2)], (fresh) =>
      fresh.map(() => 'done'),
    );
    expect(kept).toBe('done');
    expect(isRefusal(refused) && refused.code).toBe('KEY_REUSED');
    const [again] = await run([command('d', 3)], () => []);
    expect(isRefusal(again) && again.code).toBe('KEY_REUSED');
  });

  test('a batch that holds one command twice runs it once', async () => {
    const outcomes = await run([command('twin'), command('twin')], (fresh) => {
      expect(fresh).toEqual([0]);
      return ['one'];
    });
    expect(outcomes).toEqual(['one', 'one']);
  });

  test('of many that race for the same keys, each command runs exactly once', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `race-${index}`);
    const racers = Array.from({ length: 8 }, (_, racer) =>
      withTransaction(db.app, (tx) =>
        once(
          tx,
          keys.map((key) => command(key)),
          'workflow-2',
          async (fresh) => {
            await tx.query('select pg_sleep(0.01)');
            return fresh.map(() => racer);
          },
        ),
      ),
    );
    const answers = await Promise.all(racers);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const rows = await db.owner.query<{ n: bigint }>(
      `select count(*) as n from database.receipt where key like 'race-%'`,
    );
    expect(rows[0]?.n).toBe(20n);
  });

  test('a rolled-back transaction leaves no receipt', async () => {
    const failing = withTransaction(db.app, async (tx) => {
      await once(tx, [command('gone')], 'workflow-3', (fresh) =>
        Promise.resolve(fresh.map(() => 'x')),
      );
      throw new Error('crash before commit');
    });
    await rejection(failing);
    expect(await run([command('gone')], () => ['second try'])).toEqual(['second try']);
  });
});

test('equal bodies have one canonical form, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
      const reversed = Object.fromEntries(Object.entries(body).reverse());
      expect(canonicalJson(reversed as Json)).toBe(canonicalJson(body as Json));
      expect(JSON.parse(canonicalJson(body as Json))).toEqual(JSON.parse(JSON.stringify(body)));
    }),
  );
});

describe('the app role', () => {
  test.each([
    `update database.receipt set outcome = '1'`,
    'delete from database.receipt',
    'truncate database.receipt',
    'create table database.mine (id int)',
    'create schema mine',
  ])('may not: %s', async (sql) => {
    expect(sqlState(await rejection(db.app.query(sql)))).toBe('42501');
  });
});

describe('migrate', () => {
  test('runs nothing the second time, and two at once take turns', async () => {
    expect(await migrate(db.url, [databaseMigrations])).toEqual([]);
    expect(await Promise.all([migrate(db.url, []), migrate(db.url, [])])).toEqual([[], []]);
  });
});
