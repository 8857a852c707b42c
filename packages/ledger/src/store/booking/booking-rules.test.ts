import { sqlState, withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal, type Refusal } from '@sluice/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BookingRuleSet } from '../../domain/booking/booking-rule.ts';
import { parseBookingRules } from '../../domain/booking/parse-booking-rules.ts';
import { rulesJson } from '../../testing/arbitrary-rules.ts';
import { exampleRules } from '../../testing/example-rules.ts';
import { ledgerMigrations } from '../migrations.ts';
import { loadBookingRules, loadBookingVersions } from './load-booking-rules.ts';
import { publishBookingRules } from './publish-booking-rules.ts';

let db: FreshDatabase;
beforeAll(async () => void (db = await freshDatabase(ledgerMigrations)));
afterAll(() => db.drop());

function setOf(changes: Partial<typeof exampleRules> | object = {}): BookingRuleSet {
  return expectAnswer(parseBookingRules({ ...exampleRules, ...changes }));
}

function publish(set: BookingRuleSet): Promise<'published' | 'exists' | Refusal> {
  return withTransaction(db.app, (tx) => publishBookingRules(tx, set));
}

const codeOf = (answer: string | Refusal): string => (isRefusal(answer) ? answer.code : answer);

async function versionsOf(id: string): Promise<readonly number[]> {
  const rows = await db.owner.query<{ version: number }>(
    'select version from ledger.booking_rule_set where id = $1 order by version',
    [id],
  );
  return rows.map(({ version }) => version);
}

describe('publishing', () => {
  test('stores a version once, whoever repeats it', async () => {
    const set = setOf({ id: 'once' });
    expect(await publish(set)).toBe('published');
    expect(await publish(set)).toBe('exists');
    expect(await publish(setOf({ id: 'once' }))).toBe('exists');
    expect(await versionsOf('once')).toEqual([3]);
  });

  test('the same said otherwise is the same version', async () => {
    const [coupon, handling] = exampleRules.subSets;
    const [first, second, third] = coupon.rules;
    const same = { ...coupon, rules: [{ ...first, when: {} }, second, third] };
    expect(await publish(setOf({ id: 'same' }))).toBe('published');
    expect(await publish(setOf({ id: 'same', subSets: [same, handling] }))).toBe('exists');
  });

  test('other content under a version, and a day that is taken, are refused', async () => {
    const id = 'taken';
    const subSets = [exampleRules.subSets[1]];
    await publish(setOf({ id }));
    expect(codeOf(await publish(setOf({ id, subSets })))).toBe('BOOKING_VERSION_TAKEN');
    const elsewhen = setOf({ id, effectiveFrom: '2018-01-01' });
    expect(codeOf(await publish(elsewhen))).toBe('BOOKING_VERSION_TAKEN');
    expect(await publish(setOf({ id, version: 4 }))).toMatchObject({
      code: 'BOOKING_DATE_TAKEN',
      details: { ruleSetVersion: 4, effectiveFrom: '2017-01-01', rival: 3 },
    });
    expect(await versionsOf(id)).toEqual([3]);
    expect(await publish(setOf({ id, version: 4, effectiveFrom: '2017-01-02' }))).toBe('published');
    expect(await publish(setOf({ id: 'other-set' }))).toBe('published');
  });

  test('of many that publish one version at once, one does', async () => {
    const set = setOf({ id: 'race' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => publish(set)));
    expect(answers.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'exists'), 'published']);
  });

  test('of versions that begin on one day and race, one is stored', async () => {
    const versions = [1, 2, 3, 4].map((version) => setOf({ id: 'day-race', version }));
    const answers = (await Promise.all(versions.map(publish))).map(codeOf);
    expect(answers.toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 'BOOKING_DATE_TAKEN'),
      'published',
    ]);
  });

  test('a set that was put together by hand is checked before it is stored', async () => {
    const set = setOf({ id: 'by-hand' });
    const [coupon] = set.subSets.values();
    const rules = [...(coupon?.rules ?? []), ...(coupon?.rules ?? [])];
    const tied = { businessType: 'subsidy.coupon', rules, byInstitution: new Map() };
    const answer = await publish({ ...set, subSets: new Map([['subsidy.coupon', tied]]) });
    expect(codeOf(answer)).toBe('BOOKING_RULES_INVALID');
    expect(await versionsOf('by-hand')).toEqual([]);
  });
});

describe('loading', () => {
  beforeAll(async () => {
    const dated = [
      ['2017-07-01', 1],
      ['2017-10-01', 2],
      // A correction that begins before a version that was published earlier.
      ['2017-08-15', 3],
    ] as const;
    for (const [effectiveFrom, version] of dated) {
      expectAnswer(await publish(setOf({ id: 'dated', effectiveFrom, version })));
    }
  });

  test.each([
    ['2017-06-30', 'BOOKING_RULES_NOT_FOUND'],
    ['2017-07-01', 1],
    ['2017-08-14', 1],
    ['2017-08-15', 3],
    ['2017-09-30', 3],
    ['2017-10-01', 2],
    ['2099-01-01', 2],
    ['2017-02-29', 'DATE_MALFORMED'],
    ['today', 'DATE_MALFORMED'],
  ])('on %s it gives %s', async (on, expected) => {
    const answer = await loadBookingRules(db.app, 'dated', { on });
    expect(isRefusal(answer) ? answer.code : answer.version).toBe(expected);
  });

  test('by number it gives any version, and none that is not there', async () => {
    expect(expectAnswer(await loadBookingRules(db.app, 'dated', { version: 1 })).version).toBe(1);
    for (const id of ['dated', 'nobody']) {
      const answer = await loadBookingRules(db.app, id, { version: 9 });
      expect(answer).toMatchObject({ code: 'BOOKING_RULES_NOT_FOUND' });
    }
  });

  test('all versions come at once, the one that begins last first', async () => {
    const versions = await loadBookingVersions(db.app, 'dated');
    expect(versions.map(({ version }) => version)).toEqual([2, 3, 1]);
    expect(await loadBookingVersions(db.app, 'nobody')).toEqual([]);
  });

  test('gives exactly what was published', async () => {
    let id = 0;
    await fc.assert(
      fc.asyncProperty(rulesJson, async (json) => {
        const set = parseBookingRules({ ...json, id: `random-${(id += 1)}` });
        fc.pre(!isRefusal(set));
        expect(await publish(set)).toBe('published');
        expect(await loadBookingRules(db.app, set.id, { on: '2017-01-01' })).toEqual(set);
      }),
      { numRuns: 40 },
    );
  });

  test('throws when the content is not what was published', async () => {
    await publish(setOf({ id: 'forged' }));
    await db.owner.query(
      `update ledger.booking_rule_set
       set content = jsonb_set(content, '{subSets,0,rules,1,entries,0,credit}', '"payable/me"')
       where id = 'forged'`,
    );
    await expect(loadBookingRules(db.app, 'forged', { version: 3 })).rejects.toThrow(
      'booking rules forged version 3 are not stored as published',
    );
  });
});

test.each([
  'update ledger.booking_rule_set set version = version + 1',
  'delete from ledger.booking_rule_set',
  'truncate ledger.booking_rule_set',
])('the app may not: %s', async (sql) => {
  const insufficientPrivilege = '42501';
  await expect(db.app.query(sql)).rejects.toSatisfy(
    (error) => sqlState(error) === insufficientPrivilege,
  );
});
