// Every kind of transfer from eight connections at once, on accounts that all of them want. What is
// stored is held against the evaluator, which runs the recorded history once more in its order.
import { setTimeout as delay } from 'node:timers/promises';
import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, money, type Money } from '@sluice/money';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Account, AccountState } from '../domain/account.ts';
import type { TransferStatus } from '../domain/transfer-status.ts';
import type { PostedTransfer, Transfer, TransferResult } from '../domain/transfer.ts';
import { replayHistory } from '../testing/replay-history.ts';
import { account, hold, postHold, reversal, transfer, voidHold } from '../testing/samples.ts';
import { openAccounts } from './accounts.ts';
import { checkLedger } from './check-ledger.ts';
import { closeAccount, reopenAccount } from './close-accounts.ts';
import { expireHolds } from './expire-holds.ts';
import { listAccounts, type ListedAccount } from './list-accounts.ts';
import { ledgerMigrations } from './migrations.ts';
import { postTransfers } from './post-transfers.ts';

let db: FreshDatabase;

beforeEach(async () => {
  db = await freshDatabase(ledgerMigrations);
});
afterEach(async () => {
  expect((await checkLedger(db.app)).flatMap(({ violations }) => violations)).toEqual([]);
  await db.drop();
});

const usd = (minor: number): Money => money(BigInt(minor), 'USD');

function post(transfers: readonly Transfer[]): Promise<readonly TransferResult[]> {
  return withTransaction(db.app, (tx) => postTransfers(tx, transfers));
}

async function open(accounts: readonly Account[]): Promise<void> {
  await withTransaction(db.app, (tx) => openAccounts(tx, accounts));
}

async function statuses(transfers: readonly Transfer[]): Promise<readonly TransferStatus[]> {
  return (await post(transfers)).map(({ status }) => status);
}

/** A random walk that every run repeats: the races are the machine's, the requests are not. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Holds what is stored against the recorded history, posted again. */
async function expectReplayable(accounts: readonly Account[]): Promise<readonly PostedTransfer[]> {
  const { stored, replayed, states } = await replayHistory(db.app, accounts);
  expect(replayed).toEqual(stored);
  const listed = expectAnswer(await listAccounts(db.app, { limit: 500 }));
  expect(listed.map(amounts)).toEqual(listed.map(({ code }) => amounts(states.get(code)!)));
  return stored;
}

function amounts(one: Pick<AccountState, keyof ListedAccount & keyof AccountState>): unknown {
  const { code, balanceMinor, heldDebitMinor, heldCreditMinor, isClosed } = one;
  return { code, balanceMinor, heldDebitMinor, heldCreditMinor, isClosed };
}

const writers = 8;
const rounds = 30;
const subAccounts = ['sub/0', 'sub/1', 'sub/2', 'sub/3'];
const hotAccounts = ['hot/0', 'hot/1', 'hot/2', 'hot/3'];

/** What one caller asks for in a round; holds and originals are anybody's of one just gone. */
function requests(
  writer: number,
  round: number,
  roll: (sides: number) => number,
): readonly Transfer[] {
  const key = (index: number): string => `${writer}/${round}/${index}`;
  const anybodys = (index: number): string =>
    `${roll(writers)}/${Math.max(0, round - 1 - roll(2))}/${index}`;
  const pair = (): { readonly debitAccount: string; readonly creditAccount: string } => {
    const debit = roll(4);
    return {
      debitAccount: `hot/${debit}`,
      creditAccount: `hot/${(debit + 1 + roll(3)) % 4}`,
    };
  };
  const amount = (): { readonly amount: Money } => ({ amount: usd(1 + roll(60)) });
  const timeoutMs = [null, 5, 5, 5, 3_600_000][roll(5)] ?? null;
  const sweep = subAccounts.map((debitAccount, index) =>
    transfer(`sweep/${key(index)}`, {
      ...{ debitAccount, creditAccount: 'shop', balancing: 'debit', amount: usd(40) },
      linked: index < subAccounts.length - 1,
    }),
  );
  return [
    transfer(key(0), { ...pair(), ...amount(), balancing: 'both' }),
    hold(key(1), { ...pair(), amount: usd(1 + roll(20)), timeoutMs }),
    postHold(`post/${key(2)}`, anybodys(1), { amount: roll(2) === 0 ? null : usd(1 + roll(20)) }),
    voidHold(`void/${key(3)}`, anybodys(1)),
    reversal(`back/${key(4)}`, anybodys(0), { amount: roll(2) === 0 ? null : usd(1 + roll(20)) }),
    transfer(key(5), { ...pair(), amount: usd(400), balancing: 'both' }),
    transfer(key(6), {
      ...{ debitAccount: `hot/${roll(4)}`, creditAccount: `sub/${roll(4)}`, amount: usd(25) },
    }),
    transfer(key(7), {
      ...{ debitAccount: 'shop', creditAccount: `hot/${roll(4)}`, amount: usd(90) },
      balancing: 'credit',
    }),
    ...(roll(2) === 0 ? sweep : []),
    transfer(`shared/${round}/${roll(4)}`, { ...pair(), ...amount() }),
  ];
}

test('every kind at once: no deadlock, no limit passed, and the history replays', async () => {
  const accounts = [
    ...hotAccounts.map((code) => account(code, { floorMinor: -300n, ceilingMinor: 90n })),
    ...subAccounts.map((code) => account(code, { floorMinor: 0n })),
    account('shop'),
  ];
  await open(accounts);
  await withTransaction(db.app, (tx) =>
    postTransfers(
      tx,
      subAccounts.map((creditAccount) =>
        transfer(`fill/${creditAccount}`, { debitAccount: 'shop', creditAccount, amount: usd(90) }),
      ),
    ),
  );
  const found: TransferResult[] = [];
  let expired = 0;
  const write = async (_: unknown, writer: number): Promise<void> => {
    const roll = dice(writer + 1);
    for (let round = 0; round < rounds; round += 1) {
      found.push(...(await post(requests(writer, round, roll))));
      if (roll(4) === 0) {
        const freed = await withTransaction(db.app, (tx) => expireHolds(tx, { limit: 5 }));
        expired += freed;
      }
      if (writer > 1 || round % 5 > 1) continue;
      const change = round % 5 === 0 ? closeAccount : reopenAccount;
      await withTransaction(db.app, (tx) => change(tx, `hot/${writer}`, `round ${round}`));
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const recorded = await expectReplayable(accounts);
  const created = found.filter(({ status }) => status === 'created').length;
  expect(recorded).toHaveLength(subAccounts.length + created + expired);
  // It is worth something only while all of this comes up.
  expect(new Set(recorded.map(({ kind }) => kind)).size).toBe(6);
  expect(found.map(({ status }) => status)).toEqual(
    expect.arrayContaining([
      'exceeds-floor',
      'exceeds-ceiling',
      'debit-account-closed',
      'linked-transfer-failed',
    ] satisfies TransferStatus[]),
  );
  expect(found.some(({ status }) => status.startsWith('hold-already-'))).toBe(true);
  const sums = await db.app.query<{ sum: string }>('select sum(balance_minor) from ledger.account');
  expect(sums[0]?.sum).toBe('0');
});

test('of many that post, void or let one hold expire at once, one does', async () => {
  const accounts = [account('from', { floorMinor: -1_000n }), account('to')];
  await open(accounts);
  for (let round = 0; round < 15; round += 1) {
    const held = hold(`h/${round}`, {
      ...{ debitAccount: 'from', creditAccount: 'to', amount: usd(50), timeoutMs: 5 },
    });
    await post([held]);
    const [expired, ...answers] = await Promise.all([
      delay(4).then(() => withTransaction(db.app, (tx) => expireHolds(tx, { limit: 10 }))),
      ...Array.from({ length: writers - 1 }, async (_, writer) => {
        await delay(writer);
        const key = `r/${round}/${writer}`;
        const [one] = await statuses([
          writer % 2 === 0 ? postHold(key, `h/${round}`) : voidHold(key, `h/${round}`),
        ]);
        return one;
      }),
    ]);
    expect(expired + answers.filter((status) => status === 'created').length).toBeLessThan(2);
    expect(
      answers.filter((status) => status !== 'created' && !status?.startsWith('hold-')),
    ).toEqual([]);
  }
  await expectReplayable(accounts);
});

test('a sweep over siblings takes what is there to the last unit, whoever sweeps', async () => {
  const siblings = Array.from({ length: 16 }, (_, index) => `s/${index}`);
  const accounts = [
    account('source'),
    account('till'),
    ...siblings.map((code) => account(code, { floorMinor: 0n })),
  ];
  await open(accounts);
  await post(
    siblings.map((creditAccount) =>
      transfer(creditAccount, { debitAccount: 'source', creditAccount, amount: usd(100) }),
    ),
  );
  const sweep = (writer: number, order: readonly string[]): readonly Transfer[] =>
    order.map((debitAccount, index) =>
      transfer(`${writer}/${debitAccount}`, {
        ...{ debitAccount, creditAccount: 'till', balancing: 'debit', amount: usd(30 + writer) },
        linked: index < order.length - 1,
      }),
    );
  const results = await Promise.all(
    Array.from({ length: writers }, (_, writer) =>
      post(sweep(writer, writer % 2 === 0 ? siblings : siblings.toReversed())),
    ),
  );
  const moved = results.flat().reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0n), 0n);
  expect(moved).toBe(1_600n);
  const chains = results.map((chain) => new Set(chain.map(({ status }) => status === 'created')));
  expect(chains.every(({ size }) => size === 1)).toBe(true);
  await expectReplayable(accounts);
});

describe('a transfer that another one names, posted while that one waits for its accounts', () => {
  const named = (posted: Transfer, naming: Transfer) => ({ posted, naming });
  const hot = { debitAccount: 'hot', creditAccount: 'cold', amount: usd(5) };
  test.each([
    named(hold('original', hot), postHold('naming', 'original')),
    named(hold('original', hot), voidHold('naming', 'original')),
    named(transfer('original', hot), reversal('naming', 'original')),
  ])('is found with its accounts: $naming.kind', async ({ posted, naming }) => {
    await open([account('hot'), account('cold'), account('other')]);
    const locked = Promise.withResolvers<void>();
    const free = Promise.withResolvers<void>();
    const first = withTransaction(db.app, async (tx) => {
      await postTransfers(tx, [posted]);
      locked.resolve();
      await free.promise;
    });
    await locked.promise;
    const second = statuses([
      transfer('beside', { debitAccount: 'hot', creditAccount: 'other' }),
      naming,
    ]);
    await waitingBackend();
    free.resolve();
    await first;
    expect(await second).toEqual(['created', 'created']);
  });
});

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

describe('a backend that dies within a batch of every kind leaves nothing of it', () => {
  const between = { debitAccount: 'left', creditAccount: 'right', amount: usd(10) };
  const batch = [
    hold('new', between),
    postHold('posts', 'first'),
    voidHold('voids', 'second'),
    reversal('reverses', 'direct'),
    transfer('refused', { ...between, amount: usd(10_000) }),
  ];
  const answers = ['created', 'created', 'created', 'created', 'exceeds-floor'];

  beforeEach(async () => {
    await open([account('left', { floorMinor: -100n }), account('right')]);
    await post([hold('first', between), hold('second', between), transfer('direct', between)]);
  });

  function everything(): Promise<unknown> {
    const tables = ['account', 'transfer', 'hold', 'reversed', 'refusal'];
    return Promise.all(
      tables.map((table) => db.app.query(`select * from ledger.${table} order by 1`)),
    );
  }

  async function expectRepeatable(before: unknown): Promise<void> {
    expect(await everything()).toEqual(before);
    expect(await statuses(batch)).toEqual(answers);
    const replayed = ['exists', 'exists', 'exists', 'exists', 'exceeds-floor'];
    expect(await statuses(batch)).toEqual(replayed);
  }

  test('waiting for its accounts', async () => {
    const before = await everything();
    let cut: Promise<unknown> = Promise.resolve();
    await withTransaction(db.owner, async (tx) => {
      await tx.query(`select from ledger.account where code = 'right' for update`);
      cut = post(batch).catch((error: unknown) => error);
      await db.owner.query('select pg_terminate_backend($1)', [await waitingBackend()]);
    });
    expect(await cut).toBeInstanceOf(Error);
    await expectRepeatable(before);
  });

  test('with everything written and the commit still to come', async () => {
    const before = await everything();
    const cut = withTransaction(db.app, async (tx) => {
      await postTransfers(tx, batch);
      const [backend] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await db.owner.query('select pg_terminate_backend($1)', [backend?.pid]);
    });
    await expect(cut).rejects.toThrow();
    await expectRepeatable(before);
  });
});
