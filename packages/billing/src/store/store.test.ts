import { sqlState, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal, money, type Refusal } from '@sluice/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  billingMigrations,
  compileTariff,
  loadTariff,
  lookUpStoredRate,
  lookUpStoredRates,
  parseTariff,
  publishTariff,
  type BillingElements,
  type Tariff,
} from '../index.ts';
import { messageOf, rightMessage } from '../testing/random-tariffs.ts';
import { handlingFee, largeTariff, subsidyShare, transferFee } from '../testing/tariffs.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(billingMigrations);
});
afterAll(() => db.drop());

const tariffOf = (message: object): Tariff => expectAnswer(parseTariff(message));
const publish = (tariff: Tariff): Promise<'published' | 'exists' | Refusal> =>
  withTransaction(db.app, (tx) => publishTariff(tx, tariff));

async function countOf(table: string, tariffId: string): Promise<bigint> {
  const [row] = await db.owner.query<{ n: bigint }>(
    `select count(*) as n from billing.${table} where tariff_id = $1`,
    [tariffId],
  );
  return row?.n ?? -1n;
}

describe('publishing', () => {
  test('stores the four entities under their keys, once', async () => {
    const tariff = tariffOf(subsidyShare);
    expect(await publish(tariff)).toBe('published');
    expect(await publish(tariff)).toBe('exists');
    const tables = ['tariff', 'interval_definition', 'interval_order', 'interval_rate'];
    const counts = await Promise.all(tables.map((table) => countOf(table, tariff.id)));
    expect(counts).toEqual([1n, 2n, 1n, 9n]);
    const [rate] = await db.app.query(
      `select rate from billing.interval_rate where tariff_id = $1 and combined_interval = $2`,
      [tariff.id, '3-2'],
    );
    expect(rate).toEqual({ rate: { kind: 'proportion', proportion: '0.5' } });
  });

  test('of many that publish one tariff at once, one does', async () => {
    const tariff = tariffOf(transferFee);
    const answers = await Promise.all(Array.from({ length: 8 }, () => publish(tariff)));
    expect(answers.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'exists'), 'published']);
  });

  test('a version, an id and a day are taken for ever, and a refusal writes nothing', async () => {
    await publish(tariffOf(handlingFee));
    const [first, second] = handlingFee.rates;
    const dearer = { ...handlingFee, rates: [first, { ...second, flat: '0.15' }] };
    const later = { ...dearer, id: 'handling-fee-2', version: 2 };
    const cases = [
      [dearer, 'TARIFF_VERSION_TAKEN'],
      [{ ...dearer, id: 'handling-fee-x', effectiveFrom: '2018-01-01' }, 'TARIFF_VERSION_TAKEN'],
      [{ ...dearer, version: 2, effectiveFrom: '2018-01-01' }, 'TARIFF_ID_TAKEN'],
      [{ ...dearer, businessId: 'other-fee' }, 'TARIFF_ID_TAKEN'],
      [later, 'TARIFF_DATE_TAKEN'],
    ] as const;
    for (const [message, code] of cases) {
      const answer = await publish(tariffOf(message));
      expect(isRefusal(answer) && answer.code).toBe(code);
    }
    expect(await countOf('tariff', 'handling-fee-2')).toBe(0n);
    expect(await publish(tariffOf({ ...later, effectiveFrom: '2017-07-01' }))).toBe('published');
  });

  test('of two versions that begin on one day and race, one is refused', async () => {
    const version = (number: number): Tariff =>
      tariffOf({ ...handlingFee, businessId: 'race', id: `race-${number}`, version: number });
    const answers = await Promise.all([1, 2, 3, 4].map((number) => publish(version(number))));
    const refused = answers.filter(isRefusal).map(({ code }) => code);
    expect(refused).toEqual(Array.from({ length: 3 }, () => 'TARIFF_DATE_TAKEN'));
    expect(answers.filter((answer) => answer === 'published')).toHaveLength(1);
  });
});

describe('loading', () => {
  const version = (number: number, effectiveFrom: string): Tariff =>
    tariffOf({
      ...handlingFee,
      businessId: 'dated',
      id: `d-${number}`,
      version: number,
      effectiveFrom,
    });

  beforeAll(async () => {
    await publish(version(1, '2017-01-01'));
    await publish(version(2, '2018-01-01'));
    await publish(version(3, '2017-07-01'));
  });

  test.each([
    ['2016-12-31', 'TARIFF_NOT_FOUND'],
    ['2017-01-01', 'd-1'],
    ['2017-06-30', 'd-1'],
    ['2017-07-01', 'd-3'],
    ['2017-12-31', 'd-3'],
    ['2018-01-01', 'd-2'],
    ['9999-12-31', 'd-2'],
    ['2017-02-29', 'DATE_MALFORMED'],
    ['today', 'DATE_MALFORMED'],
  ])('on %s gives %s', async (on, expected) => {
    const answer = await loadTariff(db.app, { businessId: 'dated', on });
    expect(isRefusal(answer) ? answer.code : answer.id).toBe(expected);
  });

  test('gives back exactly what was published', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(rightMessage, async (message) => {
        number += 1;
        const id = `random-${number}`;
        const rounding = { mode: 'up', scale: number % 3, stage: 'total' };
        const tax = { name: 'VAT', rate: '0.06', included: number % 2 === 0 };
        const taxed = number % 3 === 0 ? {} : { tax };
        const whole = { ...messageOf(message), id, businessId: id, rounding, ...taxed };
        const tariff = tariffOf(whole);
        expect(await publish(tariff)).toBe('published');
        const loaded = await loadTariff(db.app, { businessId: id, on: '2020-02-29' });
        expect(loaded).toEqual(tariff);
      }),
      { numRuns: 30 },
    );
  });

  test('throws when a stored rate is not the published one', async () => {
    const tariff = tariffOf({ ...handlingFee, id: 'forged', businessId: 'forged' });
    await publish(tariff);
    await db.owner.query(
      `update billing.interval_rate set rate = jsonb_set(rate, '{amount}', '"9.00"')
       where tariff_id = 'forged' and combined_interval = '1'`,
    );
    const load = loadTariff(db.app, { businessId: 'forged', on: '2017-01-01' });
    await expect(load).rejects.toThrow('tariff forged is not stored as it was published');
  });
});

describe('a tariff of more cells than are sent at once', () => {
  const tariff = tariffOf(largeTariff);
  const load = (): Promise<Tariff | Refusal> =>
    loadTariff(db.app, { businessId: 'large', on: '2020-01-01' });

  beforeAll(async () => {
    expect(await publish(tariff)).toBe('published');
  });

  test('is loaded as it was published', async () => {
    expect(await load()).toEqual(tariff);
    expect(tariff.rates.length).toBeGreaterThan(20_000);
  });

  test.each([
    ['one is missing', `delete from billing.interval_rate where combined_interval = '145-145'`],
    [
      'one is too many',
      `insert into billing.interval_rate values ('large-1', '999', '{"kind":""}')`,
    ],
    ['one is too many', `insert into billing.interval_rate values ('large-1', '0', '{"kind":""}')`],
  ])('is not loaded where %s: %s', async (_, damage) => {
    await db.owner.query(`create table if not exists kept as table billing.interval_rate`);
    await db.owner.query(damage);
    await expect(load()).rejects.toThrow(/21025 entities expected, 2102[46] found/);
    await db.owner.query(`delete from billing.interval_rate`);
    await db.owner.query(`insert into billing.interval_rate table kept`);
    expect(await load()).toEqual(tariff);
  });
});

describe('stored look-ups', () => {
  const tariff = tariffOf({ ...subsidyShare, id: 'stored-1', businessId: 'stored' });
  const compiled = compileTariff(tariff);
  const of = (kind: string, minor: bigint): BillingElements => ({
    kind,
    discount: money(minor, 'USD'),
  });
  const codeOf = (answer: object): unknown => (isRefusal(answer) ? answer.code : answer);

  beforeAll(async () => {
    await publish(tariff);
    const later = { ...tariff, id: 'stored-2', version: 2, effectiveFrom: '2018-01-01' };
    expect(await publish(later)).toBe('published');
  });

  test('give the rate under the key, one by one and many, refusals in their place', async () => {
    const requests = [
      of('loyalty', 99n),
      of('gift', 99n),
      of('loyalty', 100n),
      { kind: 'loyalty' },
      of('loyalty', 99n),
    ];
    const many = await lookUpStoredRates(db.app, compiled, requests);
    expect(many.map(codeOf)).toEqual([
      { kind: 'proportion', proportion: '0.6' },
      'OUT_OF_RANGE',
      { kind: 'proportion', proportion: '0.5' },
      'ELEMENT_MISSING',
      { kind: 'proportion', proportion: '0.6' },
    ]);
    for (const [place, elements] of requests.entries()) {
      expect(await lookUpStoredRate(db.app, compiled, elements)).toEqual(many[place]);
    }
    expect(await lookUpStoredRates(db.app, compiled, [])).toEqual([]);
  });

  test.each([
    ['2016-12-31', 'TARIFF_NOT_FOUND'],
    ['2017-01-01', 'proportion'],
    ['2017-12-31', 'proportion'],
    ['2018-01-01', 'TARIFF_NOT_FOUND'],
    ['2018-02-30', 'DATE_MALFORMED'],
  ])('on %s the first version answers with %s', async (on, expected) => {
    const one = await lookUpStoredRate(db.app, compiled, of('match', 1n), on);
    const [other] = await lookUpStoredRates(db.app, compiled, [of('match', 1n)], on);
    expect(isRefusal(one) ? one.code : one.kind).toBe(expected);
    expect(other).toEqual(one);
  });

  test('of a tariff that is not stored find nothing', async () => {
    const other = compileTariff({ ...tariff, id: 'nowhere' });
    const one = await lookUpStoredRate(db.app, other, of('match', 1n));
    expect(codeOf(one)).toBe('TARIFF_NOT_FOUND');
  });
});

test('a rate of no tariff is refused by the database', async () => {
  const write = db.app.query(
    `insert into billing.interval_rate values ('no', '1', '{"kind":"x"}')`,
  );
  await expect(write).rejects.toMatchObject({ code: '23503' });
});

describe('the app role', () => {
  const tables = [
    ...['tariff', 'interval_definition', 'interval_order', 'interval_rate'],
    ...['tariff_draft', 'tariff_review'],
  ];
  test.each(
    tables.flatMap((table) => [
      `update billing.${table} set tariff_id = 'x'`,
      `delete from billing.${table}`,
      `truncate billing.${table}`,
    ]),
  )('may not: %s', async (sql) => {
    const failure = await db.app.query(sql).catch((error: unknown) => sqlState(error));
    expect(failure).toBe('42501');
  });
});
