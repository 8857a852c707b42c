import { sqlState, withTransaction, type Tx } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal, money, type Refusal } from '@sluice/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkPayouts,
  countPayouts,
  createPayout,
  listPayouts,
  nextStep,
  payoutMigrations,
  readPayout,
  readSellerPayouts,
  readTransitions,
  recordAnswer,
  recordTransition,
  startAttempt,
  type BankPayment,
  type CreatePayoutInput,
  type OwnEvent,
  type Payout,
  type RailAnswer,
  type Recorded,
  type StartedAttempt,
} from '../index.ts';
import { blindSubmissions, SimulatedBank } from '../testing/simulated-bank.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(payoutMigrations);
});
afterAll(() => db.drop());

const workflowId = 'payout:test';
const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTransaction(db.app, work);

function newPayout(id: string, changes: Partial<CreatePayoutInput> = {}): CreatePayoutInput {
  return {
    ...{ id, sellerId: `seller-${id}`, rail: 'sandbox-bank', remittance: 'week 27', workflowId },
    amount: money(1_230n, 'CNY'),
    creditor: { account: 'SBX-367', name: 'Store 367' },
    ...changes,
  };
}

const create = (input: CreatePayoutInput): Promise<'created' | 'exists' | Refusal> =>
  inTx((tx) => createPayout(tx, input));
const decide = (id: string, event: OwnEvent): Promise<Recorded | Refusal> =>
  inTx((tx) => recordTransition(tx, { id, event, reason: 'test', workflowId }));
const start = (id: string): Promise<StartedAttempt | Refusal> =>
  inTx((tx) => startAttempt(tx, { id, workflowId }));
const answered = (attemptKey: string, answer: RailAnswer): Promise<Recorded | Refusal> =>
  inTx((tx) => recordAnswer(tx, { attemptKey, answer, workflowId }));
const read = async (id: string): Promise<Payout> => (await readPayout(db.app, id))!;
const codeOf = (value: unknown): string | undefined => (isRefusal(value) ? value.code : undefined);

const bankReference = 'B-1';
const settled: RailAnswer = {
  ...{ kind: 'settled', bankReference },
  ...{ bookedOn: '2017-07-03', returnableUntil: '2017-07-05' },
};
const returned: RailAnswer = {
  ...{ kind: 'returned', bankReference, reasonCode: 'AC04', returnedOn: '2017-07-04' },
};
const rejected: RailAnswer = { kind: 'rejected', reasonCode: 'AC01', message: 'no such account' };
const lost: RailAnswer = { kind: 'unknown', message: 'time-out' };

/** A payout whose first attempt has its SENT record. */
async function submitting(id: string): Promise<string> {
  await create(newPayout(id));
  await decide(id, 'reserve');
  return expectAnswer(await start(id)).instruction.attemptKey;
}

describe('createPayout', () => {
  test('records a payout once, whatever the number of calls', async () => {
    expect(await create(newPayout('C1'))).toBe('created');
    expect(await create(newPayout('C1', { workflowId: 'another' }))).toBe('exists');
    expect(await read('C1')).toMatchObject({
      ...{ id: 'C1', sellerId: 'seller-C1', state: 'created', status: 'pending', attempts: [] },
      ...{ amount: money(1_230n, 'CNY'), creditor: { account: 'SBX-367', name: 'Store 367' } },
    });
  });

  test.each([
    ['amount', { amount: money(1_231n, 'CNY') }],
    ['currency', { amount: money(1_230n, 'USD') }],
    ['seller', { sellerId: 'other' }],
    ['account', { creditor: { account: 'SBX-368', name: 'Store 367' } }],
    ['remittance', { remittance: 'week 28' }],
  ])('refuses the id for another %s', async (_, changes) => {
    await create(newPayout('C2'));
    expect(codeOf(await create(newPayout('C2', changes)))).toBe('PAYOUT_ID_REUSED');
  });

  test.each([
    ['id', newPayout('has space')],
    ['id', newPayout('')],
    ['amount', newPayout('C3', { amount: money(0n, 'CNY') })],
    ['amount', newPayout('C3', { amount: money(-1n, 'CNY') })],
    ['amount', newPayout('C3', { amount: money(2n ** 63n, 'CNY') })],
    ['sellerId', newPayout('C3', { sellerId: ' ' })],
    ['creditor.account', newPayout('C3', { creditor: { account: '', name: 'x' } })],
    ['creditor.name', newPayout('C3', { creditor: { account: 'SBX-1', name: 'a\nb' } })],
    ['rail', newPayout('C3', { rail: '' })],
    ['remittance', newPayout('C3', { remittance: 'x'.repeat(141) })],
  ])('refuses a bad %s by name and writes nothing', async (field, input) => {
    const refusal = await create(input);
    expect(refusal).toMatchObject({ code: 'PAYOUT_INVALID', details: { field } });
    expect(await readPayout(db.app, input.id)).toBeUndefined();
  });

  test('of many that race, one creates', async () => {
    const racers = Array.from({ length: 8 }, () => create(newPayout('C4')));
    const outcomes = await Promise.all(racers);
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(await readTransitions(db.app, 'C4')).toHaveLength(1);
  });
});

describe('the way to the bank', () => {
  test('a payout is reserved, sent, settled, and may still come back', async () => {
    const key = await submitting('W1');
    expect(key).toBe('W1:1');
    expect((await read('W1')).state).toBe('submitting');
    const first = expectAnswer(await answered(key, settled));
    expect(first).toMatchObject({ from: 'submitting', to: 'settled', changed: true });
    expect(first.payout.status).toBe('paid');
    expect(first.payout.attempts).toMatchObject([
      { attemptKey: 'W1:1', ...{ bookedOn: '2017-07-03', returnableUntil: '2017-07-05' } },
    ]);
    const back = expectAnswer(await answered(key, returned));
    expect(back.payout.status).toBe('returned');
    expect(back.payout.attempts).toMatchObject([
      { bookedOn: '2017-07-03', returnedOn: '2017-07-04', reasonCode: 'AC04', rejected: false },
    ]);
    const history = await readTransitions(db.app, 'W1');
    expect(history.map(({ number, event, to }) => [number, event, to])).toEqual([
      [1, 'create', 'created'],
      [2, 'reserve', 'reserved'],
      [3, 'submit', 'submitting'],
      [4, 'settled', 'settled'],
      [5, 'returned', 'returned'],
    ]);
    expect(history[4]).toMatchObject({ attempt: 1, answer: returned, workflowId });
  });

  test('every step is safe to repeat', async () => {
    const key = await submitting('W2');
    expect(expectAnswer(await decide('W2', 'reserve')).changed).toBe(false);
    expect(await start('W2')).toMatchObject({ send: false, instruction: { attemptKey: key } });
    await answered(key, settled);
    const again = expectAnswer(await answered(key, settled));
    expect(again).toMatchObject({ from: 'settled', to: 'settled', changed: false });
    expect(await start('W2')).toMatchObject({ send: false });
    expect(await readTransitions(db.app, 'W2')).toHaveLength(4);
  });

  test('after a not-found the same key is sent again', async () => {
    const key = await submitting('W3');
    await answered(key, lost);
    expect(codeOf(await decide('W3', 'lack-funds'))).toBe('PAYOUT_STATE_CONFLICT');
    expect(expectAnswer(await start('W3')).send).toBe(false);
    await answered(key, { kind: 'not-found' });
    expect(await start('W3')).toMatchObject({ send: true, instruction: { attemptKey: key } });
    expect((await read('W3')).attempts).toMatchObject([{ number: 1, submissions: 2 }]);
  });

  test('a rejection closes the key, and a retry makes the next attempt', async () => {
    const key = await submitting('W4');
    expect(expectAnswer(await answered(key, rejected)).payout.status).toBe('failed');
    expect(codeOf(await start('W4'))).toBe('PAYOUT_STATE_CONFLICT');
    expect(codeOf(await decide('W4', 'reserve'))).toBe('PAYOUT_STATE_CONFLICT');
    await decide('W4', 'retry');
    expect(expectAnswer(await answered(key, rejected))).toMatchObject({ changed: false });
    expect(codeOf(await answered(key, settled))).toBe('PAYOUT_STATE_CONFLICT');
    expect((await read('W4')).state).toBe('created');
    await decide('W4', 'reserve');
    expect(expectAnswer(await start('W4')).instruction.attemptKey).toBe('W4:2');
    await answered('W4:2', settled);
    expect((await read('W4')).attempts).toMatchObject([{ rejected: true }, { rejected: false }]);
  });

  test('a payout without funds waits, and is not sent', async () => {
    await create(newPayout('W5'));
    expect(expectAnswer(await decide('W5', 'lack-funds')).to).toBe('awaiting-funds');
    const refusal = await start('W5');
    expect(refusal).toMatchObject({ code: 'PAYOUT_STATE_CONFLICT', details: { payoutId: 'W5' } });
    expect(expectAnswer(await decide('W5', 'reserve')).to).toBe('reserved');
  });

  test('what does not exist is refused by name', async () => {
    expect(codeOf(await decide('nobody', 'reserve'))).toBe('PAYOUT_UNKNOWN');
    expect(codeOf(await start('nobody'))).toBe('PAYOUT_UNKNOWN');
    expect(codeOf(await answered('nobody:1', settled))).toBe('ATTEMPT_UNKNOWN');
  });

  test('of many workers that start the same attempt, one may call the bank', async () => {
    await create(newPayout('W6'));
    await decide('W6', 'reserve');
    const racers = await Promise.all(Array.from({ length: 8 }, () => start('W6')));
    expect(racers.filter((racer) => expectAnswer(racer).send)).toHaveLength(1);
    expect((await read('W6')).attempts).toHaveLength(1);
  });

  test('of many that record the same answer, one books', async () => {
    const key = await submitting('W7');
    const racers = await Promise.all(Array.from({ length: 8 }, () => answered(key, settled)));
    expect(racers.filter((racer) => expectAnswer(racer).changed)).toHaveLength(1);
  });

  test('a rolled-back step leaves nothing', async () => {
    await create(newPayout('W8'));
    await decide('W8', 'reserve');
    const failing = inTx(async (tx) => {
      await startAttempt(tx, { id: 'W8', workflowId });
      throw new Error('crash before commit');
    });
    await expect(failing).rejects.toThrow('crash before commit');
    expect(expectAnswer(await start('W8')).send).toBe(true);
  });
});

describe('reading', () => {
  test('lists by public status, newest first, and counts by state', async () => {
    const before = await countPayouts(db.app);
    const key = await submitting('L1');
    await answered(key, settled);
    await create(newPayout('L2', { sellerId: 'seller-L1' }));
    const after = await countPayouts(db.app);
    expect(after.settled - before.settled).toBe(1);
    expect(after.created - before.created).toBe(1);
    const [newest] = await listPayouts(db.app, { status: 'paid', limit: 1 });
    expect(newest).toMatchObject({ id: 'L1', attempts: [{ attemptKey: 'L1:1' }] });
    const all = await listPayouts(db.app, { limit: 2 });
    expect(all.map(({ id }) => id)).toEqual(['L2', 'L1']);
    const ofSeller = await readSellerPayouts(db.app, 'seller-L1');
    expect(ofSeller.map(({ id }) => id)).toEqual(['L1', 'L2']);
    expect(await readPayout(db.app, 'nobody')).toBeUndefined();
  });
});

test.each([
  `update payout.payout set amount_minor = 1`,
  `update payout.attempt set attempt_key = 'x'`,
  `update payout.transition set reason = 'x'`,
  'delete from payout.transition',
  'delete from payout.attempt',
  'delete from payout.payout',
])('the app may not: %s', async (sql) => {
  const error: unknown = await db.app.query(sql).catch((reason: unknown) => reason);
  expect(sqlState(error)).toBe('42501');
});

/** A worker that may crash between any two transactions: only the database survives. */
async function drive(id: string, bank: SimulatedBank): Promise<void> {
  for (let steps = 0; steps < 200; steps += 1) {
    const crashed = (): boolean => bank.roll(4) === 3;
    const payout = await read(id);
    const step = nextStep(payout);
    const key = payout.attempts.at(-1)?.attemptKey ?? '';
    if (step === 'reserve' || step === 'await-funds') {
      expectAnswer(await decide(id, bank.roll(3) === 2 ? 'lack-funds' : 'reserve'));
    } else if (step === 'submit') {
      const { send, instruction } = expectAnswer(await start(id));
      if (!send || crashed()) continue;
      const answer = await bank.submit(instruction);
      if (!crashed()) expectAnswer(await answered(instruction.attemptKey, answer));
    } else if (step === 'query' || step === 'wait') {
      const answer = await bank.query(key);
      if (!crashed()) expectAnswer(await answered(key, answer));
    } else if (payout.state === 'rejected' && bank.roll(2) === 1) await decide(id, 'retry');
    else return;
  }
  throw new Error(`payout ${id} never ended`);
}

test('whatever the bank says, wherever a worker crashes, it pays once at most', async () => {
  let runs = 0;
  const scripts = fc.array(fc.nat({ max: 59 }), { maxLength: 40 });
  const property = fc.asyncProperty(scripts, async (script) => {
    const id = `R${(runs += 1)}`;
    const bank = new SimulatedBank(script);
    await create(newPayout(id));
    await drive(id, bank);
    expect(blindSubmissions(bank)).toEqual([]);
    expect(bank.paid).toHaveLength((await read(id)).state === 'rejected' ? 0 : 1);
  });
  await fc.assert(property, { numRuns: 60 });
  for (const { violations } of await checkPayouts(db.app)) expect(violations).toEqual([]);
});

describe('checkPayouts', () => {
  let own: FreshDatabase;
  beforeAll(async () => {
    own = db;
    db = await freshDatabase(payoutMigrations);
    for (const id of ['K1', 'K2']) await answered(await submitting(id), settled);
    await answered(await submitting('K3'), rejected);
    await submitting('K4');
  });
  afterAll(async () => {
    await db.drop();
    db = own;
  });

  const payment = (attemptKey: string, minor = 1_230n, status = 'settled'): BankPayment => ({
    ...{ attemptKey, status, amount: money(minor, 'CNY') },
  });
  const bankOf = (...payments: readonly BankPayment[]): Parameters<typeof checkPayouts>[1] => ({
    payments: () => Promise.resolve(payments),
  });
  const good = [payment('K1:1'), payment('K2:1', 1_230n, 'returned')];

  test('finds nothing where nothing is wrong, and says how much it looked at', async () => {
    const found = await checkPayouts(db.app, bankOf(...good, payment('K3:1', 1_230n, 'rejected')));
    expect(found.map(({ id, checked, violations }) => [id, checked, violations.length])).toEqual([
      ...[
        ['I6', 4, 0],
        ['I6', 4, 0],
        ['I6', 4, 0],
        ['I6', 4, 0],
        ['I6', 2, 0],
      ],
    ]);
    expect(await checkPayouts(db.app)).toHaveLength(4);
  });

  test('a payment whose answer is still under way is no violation', async () => {
    const found = await checkPayouts(db.app, bankOf(...good, payment('K4:1')));
    expect(found.at(-1)).toMatchObject({ checked: 3, violations: [] });
  });

  test.each([
    ['paid twice', [...good, payment('K1:1')], 'payout K1: paid 2 times, as K1:1, K1:1'],
    ['paid for nobody', [...good, payment('X:1')], 'bank payment X:1: no attempt of ours'],
    ['another amount', [payment('K1:1', 1n), payment('K2:1')], 'bank payment K1:1: 1 CNY'],
    ['paid what it rejected', [...good, payment('K3:1')], 'recorded here as rejected'],
    ['never paid', [payment('K1:1')], "payout K2: settled here, and not in the bank's books"],
  ])('names a bank that %s', async (_, payments, line) => {
    const found = await checkPayouts(db.app, bankOf(...payments));
    expect(found.at(-1)!.violations).toHaveLength(1);
    expect(found.at(-1)!.violations[0]).toContain(line);
  });

  test('names what was changed behind the store', async () => {
    await db.owner.query(`update payout.attempt set amount_minor = 1 where attempt_key = 'K1:1'`);
    await db.owner.query(`update payout.payout set state = 'final' where id = 'K2'`);
    await db.owner.query('drop index payout.attempt_one_live');
    await db.owner.query(`insert into payout.attempt (payout_id, number, attempt_key, amount_minor,
      currency) values ('K4', 2, 'K4:2', 1230, 'CNY')`);
    await db.owner.query(`insert into payout.transition (payout_id, number, from_state, to_state,
      event, attempt, reason, workflow_id) values
      ('K4', 4, 'submitting', 'submitting', 'submit', 1, 'blind', 'w')`);
    const found = await checkPayouts(db.app);
    const lines = found.map(({ violations }) => violations.join('; '));
    expect(lines[0]).toContain('attempt K1:1: 1 CNY, its payout: 1230 CNY');
    expect(lines[1]).toContain('payout K4: 2 live attempts');
    expect(lines[2]).toContain('payout K4: attempt 1 sent again by transition 4');
    expect(lines[3]).toContain('payout K2: is final at version 4, its history says settled at 4');
    expect(lines[3]).toContain('payout K4');
  });
});
