import { withTransaction, type Invariant, type Queryable } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  billingMigrations,
  checkBilling,
  editTariff,
  parseTariff,
  publishDraft,
  publishTariff,
  reviewDraft,
  saveDraft,
} from '../index.ts';
import { handlingFee, largeTariff, subsidyShare } from '../testing/tariffs.ts';
import { contentHash } from './content-hash.ts';
import { joinVersion, versionSql, type VersionRow } from './stored-version.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(billingMigrations);
  const fee = expectAnswer(parseTariff(handlingFee));
  const corrected = { ...handlingFee, id: 'fee-2', version: 2, corrects: fee.id };
  const change = { expectedVersion: 2, id: 'fee-3', effectiveFrom: '2018-01-01', edits: [] };
  const second = expectAnswer(parseTariff(corrected));
  const draft = expectAnswer(editTariff(second, change));
  await withTransaction(db.app, async (tx) => {
    for (const tariff of [expectAnswer(parseTariff(subsidyShare)), fee, second]) {
      expect(await publishTariff(tx, tariff)).toBe('published');
    }
    await saveDraft(tx, draft, { by: 'ann', expectedRevision: 0 });
    const verdict = { by: 'bob', verdict: 'approved', note: 'seen' } as const;
    await reviewDraft(tx, { tariffId: draft.id, revision: 1, ...verdict });
    expect(await publishDraft(tx, { tariffId: draft.id, by: 'zoe' })).toBe('published');
  });
});
afterAll(() => db.drop());

const violationsOf = (found: readonly Invariant[]): readonly string[] =>
  found.flatMap(({ violations }) => violations);

/** What the check finds after the damage, which is then undone. */
async function afterDamage(damage: (tx: Queryable) => Promise<unknown>): Promise<string> {
  let found: readonly Invariant[] = [];
  const undo = new Error('undo');
  const damaged = withTransaction(db.owner, async (tx) => {
    await damage(tx);
    found = await checkBilling(tx);
    throw undo;
  });
  await expect(damaged).rejects.toBe(undo);
  return violationsOf(found).join('; ');
}

test('nothing is found where nothing was damaged, and everything was looked at', async () => {
  const found = await checkBilling(db.app);
  expect(violationsOf(found)).toEqual([]);
  expect(found.map(({ id, checked }) => [id, checked])).toEqual([
    ['I5', 4],
    ['I5', 4],
    ['I5', 1],
  ]);
});

const free = `alter table billing.tariff drop constraint tariff_date_once,
  drop constraint tariff_corrects_its_day, drop constraint tariff_version_once`;
const more = (id: string, values: string): string =>
  `insert into billing.tariff (tariff_id, business_id, version, currency, effective_from,
     rounding_mode, rounding_stage, content_hash, corrects, published_at)
   values ('${id}', ${values})`;
const share = `tariff_id = 'subsidy-share-2017'`;

describe('damage by somebody who may do everything is found', () => {
  const changed = 'tariff subsidy-share-2017 is not stored as it was published';
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    [
      'a rate',
      [`update billing.interval_rate set rate = '{"kind":"flat","amount":"9.00"}' where ${share}`],
      changed,
    ],
    [
      'a word too many in a rate',
      [
        `update billing.interval_rate set rate = rate || '{"more":"1"}'
         where tariff_id = 'handling-fee-2017'`,
      ],
      'tariff handling-fee-2017 is not stored as it was published',
    ],
    [
      'a rate that is gone',
      [`delete from billing.interval_rate where ${share} and combined_interval = '3-2'`],
      '9 entities expected, 8 found',
    ],
    [
      'a rate too many',
      [`insert into billing.interval_rate values ('subsidy-share-2017', '9-9', '{"kind":"x"}')`],
      '9 entities expected, 10 found',
    ],
    [
      'the name of a cell',
      [
        `update billing.interval_rate set cell_id = 'x'
         where ${share} and combined_interval = '1-1'`,
      ],
      changed,
    ],
    [
      'the rounding of a cell',
      [
        `update billing.interval_rate set rounding = '{"mode":"up","scale":0,"stage":"line"}'
         where ${share} and combined_interval = '1-1'`,
      ],
      changed,
    ],
    [
      'a definition',
      [
        `update billing.interval_definition
         set definition = jsonb_set(definition, '{intervals,0,to}', '"0.50"')
         where ${share} and dimension = 'discount'`,
      ],
      'discount 0.50 hits no interval',
    ],
    [
      'a definition that is gone',
      [`delete from billing.interval_definition where ${share} and dimension = 'kind'`],
      '2 entities expected, 1 found',
    ],
    [
      'a definition that is none',
      [`update billing.interval_definition set definition = '{"name":"kind"}' where ${share}`],
      'tariff subsidy-share-2017 cannot be put together',
    ],
    [
      'the order',
      [`update billing.interval_order set dimensions = '{discount,kind}' where ${share}`],
      changed,
    ],
    [
      'the main rule',
      [`update billing.tariff set rounding_mode = 'floor' where ${share}`],
      changed,
    ],
    ['the hash', [`update billing.tariff set content_hash = 'x' where ${share}`], changed],
    [
      'two versions from one day',
      [free, more('d', `'handling-fee', 9, 'USD', '2018-01-01', 'up', 'line', '', null, now()`)],
      '2 versions of handling-fee begin on 2018-01-01 without correcting another',
    ],
    [
      'a version that is corrected twice',
      [
        free,
        more(
          'd',
          `'handling-fee', 9, 'USD', '2017-01-01', 'up', 'line', '', 'handling-fee-2017',
          now()`,
        ),
      ],
      'tariff handling-fee-2017 is corrected by 2 versions',
    ],
    [
      'a correction of another day',
      [free, `update billing.tariff set effective_from = '2017-02-01' where tariff_id = 'fee-2'`],
      'tariff fee-2 corrects handling-fee-2017, which is no version of handling-fee',
    ],
    [
      'a correction that was known too early',
      [`update billing.tariff set published_at = '2000-01-01' where tariff_id = 'fee-2'`],
      'tariff fee-2 was known before handling-fee-2017, which it corrects',
    ],
    [
      'a version number given twice',
      [free, `update billing.tariff set version = 1 where tariff_id = 'fee-3'`],
      '2 versions of handling-fee have the number 1',
    ],
    [
      'rates of no tariff',
      [
        `alter table billing.interval_rate disable trigger all`,
        `insert into billing.interval_rate values ('nobody', '1', '{"kind":"x"}')`,
      ],
      'there are rates of nobody, which is no tariff',
    ],
    [
      'an order of no tariff',
      [
        `alter table billing.interval_order drop constraint interval_order_tariff_id_fkey`,
        `insert into billing.interval_order values ('nobody', '{x}')`,
      ],
      'there are orders of nobody, which is no tariff',
    ],
    [
      'definitions of no tariff',
      [
        `alter table billing.interval_definition
         drop constraint interval_definition_tariff_id_fkey`,
        `insert into billing.interval_definition values ('nobody', 'x', '{}')`,
      ],
      'there are definitions of nobody, which is no tariff',
    ],
    [
      'a review that is gone',
      [`delete from billing.tariff_review`],
      'tariff fee-3 was published by zoe, its last draft was not approved as it is',
    ],
    [
      'a revision behind the published one',
      [
        `insert into billing.tariff_draft (tariff_id, revision, business_id, base_version, content,
           content_hash, drafted_by)
         select tariff_id, 2, business_id, base_version, content, 'x', 'eve'
         from billing.tariff_draft`,
      ],
      'tariff fee-3 was published by zoe, its last draft was not approved as it is',
    ],
  ];
  test.each(cases)('damaged: %s', async (_, statements, text) => {
    const found = await afterDamage(async (tx) => {
      for (const sql of statements) await tx.query(sql);
    });
    expect(found).toContain(text);
  });

  test.each([
    [
      'a gap',
      `update billing.interval_definition
       set definition = jsonb_set(definition, '{intervals,0,to}', '"0.50"')
       where ${share} and dimension = 'discount'`,
      'discount 0.50 hits no interval',
    ],
    [
      'a rate of no kind',
      `update billing.interval_rate set rate = '{"kind":"gift"}'
       where ${share} and combined_interval = '2-1'`,
      'cell 2-1 has a rate of no known kind',
    ],
    [
      'a rate that no model can price',
      `update billing.interval_rate set rate = '{"kind":"flat","amount":"1.005"}'
       where ${share} and combined_interval = '2-1'`,
      'cell 2-1 has a rate that cannot price',
    ],
  ])('also where the hash was forged to fit: %s', async (_, damage, text) => {
    const found = await afterDamage(async (tx) => {
      await tx.query(damage);
      const [row] = await tx.query<VersionRow>(
        `select * from (${versionSql}) as version where ${share}`,
      );
      const hash = contentHash(await joinVersion(tx, row!));
      await tx.query(`update billing.tariff set content_hash = $1 where ${share}`, [hash]);
    });
    expect(found).toContain(text);
    expect(found).not.toContain('is not stored as it was published');
  });
});

test('a database that cannot be read is an outage, not a violation', async () => {
  const outage = new Error('no connection');
  const failing = (tx: Queryable, part: string): Queryable => ({
    query: (sql, values) => (sql.includes(part) ? Promise.reject(outage) : tx.query(sql, values)),
  });
  await expect(checkBilling(failing(db.app, 'billing.tariff'))).rejects.toBe(outage);
  const undone = withTransaction(db.owner, async (tx) => {
    await publishTariff(tx, expectAnswer(parseTariff(largeTariff)));
    expect(violationsOf(await checkBilling(tx))).toEqual([]);
    await checkBilling(failing(tx, 'combined_interval >='));
  });
  await expect(undone).rejects.toBe(outage);
});
