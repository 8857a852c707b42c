import { requestHash, sqlState, withTransaction, type Json } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { isRefusal, type Refusal } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkRulebook } from './check-rulebook.ts';
import { rulebookMigrations } from './migrations.ts';
import { publishRuleSet } from './publish-rule-set.ts';
import { listRuleSetVersions, readRuleSets, readVersionsInForce } from './read-rule-sets.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(rulebookMigrations);
});
afterAll(() => db.drop());

const ruleSet = (id: string, version: number, note = ''): Json => ({
  ...{ id, version, scope: { level: 'base' }, facts: {}, rules: [{ note }] },
});

async function publish(content: Json, publishedBy = 'a file'): Promise<string> {
  const answer: string | Refusal = await withTransaction(db.app, (tx) =>
    publishRuleSet(tx, { content, publishedBy }),
  );
  return isRefusal(answer) ? answer.code : answer;
}

async function inForce(setId: string): Promise<number | undefined> {
  const versions = await readVersionsInForce(db.app);
  return versions.find((name) => name.setId === setId)?.version;
}

describe('publishRuleSet', () => {
  test('puts a version in force, once however often it is sent', async () => {
    expect(await publish(ruleSet('once', 1))).toBe('published');
    expect(await publish(ruleSet('once', 1))).toBe('exists');
    expect(await publish(ruleSet('once', 4))).toBe('published');
    expect(await inForce('once')).toBe(4);
    const [newest, first] = await listRuleSetVersions(db.app, 'once');
    expect(newest).toMatchObject({
      ...{ setId: 'once', version: 4, layer: 'base', scopeId: null, publishedBy: 'a file' },
      digest: requestHash(ruleSet('once', 4)),
    });
    expect(first?.content).toEqual(ruleSet('once', 1));
  });

  test('never goes down, and never puts other content under a version', async () => {
    await publish(ruleSet('up', 2));
    await publish(ruleSet('up', 5));
    expect(await publish(ruleSet('up', 5, 'other'))).toBe('RULE_SET_VERSION_REUSED');
    expect(await publish(ruleSet('up', 2, 'other'))).toBe('RULE_SET_VERSION_REUSED');
    expect(await publish(ruleSet('up', 3))).toBe('RULE_SET_VERSION_LOWERED');
    expect(await publish(ruleSet('up', 2))).toBe('exists');
    expect(await inForce('up')).toBe(5);
    expect(await listRuleSetVersions(db.app, 'up')).toHaveLength(2);
  });

  test('says which version a change may take', async () => {
    await publish(ruleSet('next', 7));
    const answer = await withTransaction(db.app, (tx) =>
      publishRuleSet(tx, { content: ruleSet('next', 6), publishedBy: 'a file' }),
    );
    expect(isRefusal(answer) && answer.message).toBe(
      'rule set "next" v6 is older than v7, which is in force: publish the change as v8',
    );
  });

  test('lets one of many that publish the same version at once win', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => publish(ruleSet('race', 1, `by ${index % 4}`))),
    );
    expect(answers.filter((answer) => answer === 'published')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'exists')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'RULE_SET_VERSION_REUSED')).toHaveLength(6);
  });

  test('keeps the highest of many versions in force that are published at once', async () => {
    const answers = await Promise.all(
      [3, 1, 8, 2, 7, 6].map((version) => publish(ruleSet('many', version))),
    );
    expect(await inForce('many')).toBe(8);
    const published = answers.filter((answer) => answer === 'published');
    expect(await listRuleSetVersions(db.app, 'many')).toHaveLength(published.length);
  });

  test('refuses what it cannot read, and writes nothing', async () => {
    expect(await publish({ id: 'unreadable', version: 1 })).toBe('RULE_SET_UNREADABLE');
    expect(await inForce('unreadable')).toBeUndefined();
  });

  test('lets the app change and delete no version', async () => {
    for (const sql of [
      'update rulebook.rule_set_version set version = 1',
      'delete from rulebook.rule_set_version',
      "update rulebook.rule_set set id = 'other'",
      'delete from rulebook.rule_set',
    ]) {
      const refused: unknown = await db.app.query(sql).catch((error: unknown) => error);
      expect(sqlState(refused)).toBe('42501');
    }
  });
});

describe('readRuleSets', () => {
  test('gives versions in the order asked for, and leaves out what never was', async () => {
    await publish(ruleSet('read', 1));
    await publish(ruleSet('read', 2));
    const found = await readRuleSets(db.app, [
      { setId: 'read', version: 2 },
      { setId: 'read', version: 9 },
      { setId: 'read', version: 1 },
    ]);
    expect(found.map(({ version }) => version)).toEqual([2, 1]);
    expect(await readRuleSets(db.app, [])).toEqual([]);
  });
});

describe('checkRulebook', () => {
  test('finds an altered version, and one that is not in force though the newest', async () => {
    await publish(ruleSet('checked', 1));
    await publish(ruleSet('checked', 2));
    const before = await checkRulebook(db.app);
    expect(before.violations).toEqual([]);
    expect(before.checked).toBeGreaterThanOrEqual(2);
    await db.owner.query(
      `update rulebook.rule_set_version set content = content || '{"rules": [1]}'
       where set_id = 'checked' and version = 1`,
    );
    await db.owner.query(
      `update rulebook.rule_set_version set content = content || '{"version": 3}'
       where set_id = 'checked' and version = 2`,
    );
    await db.owner.query(`update rulebook.rule_set set newest_version = 1 where id = 'checked'`);
    expect((await checkRulebook(db.app)).violations).toEqual([
      'checked: v1 is in force, not v2',
      'checked v2: altered after publishing',
      'checked v2: its content has another name or scope',
      'checked v1: altered after publishing',
    ]);
  });
});
