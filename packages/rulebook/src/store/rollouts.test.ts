import { sqlState, withTransaction, type Json, type Tx } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal, type Refusal } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasEnded, stepOf } from '../domain/rollout.ts';
import {
  growRollout,
  pauseRollout,
  resumeRollout,
  rollBackRollout,
  type Growth,
} from './change-rollout.ts';
import { checkRollouts } from './check-rollouts.ts';
import { checkRulebook } from './check-rulebook.ts';
import { lockRollout, type LockedRollout } from './lock-rollout.ts';
import { rulebookMigrations } from './migrations.ts';
import { publishRuleSet } from './publish-rule-set.ts';
import { listRollouts, readRollouts } from './read-rollouts.ts';
import { listRuleSetVersions, readVersionsInForce } from './read-rule-sets.ts';
import { recordRollout, type RolloutPlan } from './record-rollout.ts';
import { recordRolloutRuns, sumRolloutRuns, type RolloutObservation } from './rollout-runs.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase(rulebookMigrations);
});
afterAll(() => db.drop());

const ruleSet = (id: string, version: number, note: Json = 'base'): Json => ({
  ...{ id, version, scope: { level: 'base' }, facts: {}, rules: [{ note }] },
});

function plan(setId: string, change: Partial<RolloutPlan> = {}): RolloutPlan {
  return {
    draft: ruleSet(setId, 1, 'draft'),
    salt: 'spring',
    stages: [
      { reach: null, fewestRuns: 10 },
      { reach: 5_000, fewestRuns: 10 },
      { reach: 100_000, fewestRuns: 10 },
    ],
    gate: { failuresPerMillion: 0, moved: [{ amount: '1.00', currency: 'USD' }] },
    startedBy: 'a test',
    ...change,
  };
}

const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTransaction(db.app, work);

async function publish(content: Json, publishedBy = 'a file'): Promise<void> {
  expectAnswer(await inTx((tx) => publishRuleSet(tx, { content, publishedBy })));
}

/** Publishes v1 of a set and records a rollout of it. */
async function begin(setId: string, change: Partial<RolloutPlan> = {}): Promise<string> {
  await publish(ruleSet(setId, 1));
  const recorded = await inTx((tx) => recordRollout(tx, plan(setId, change)));
  return expectAnswer(recorded).rolloutId;
}

function change(
  rolloutId: string,
  work: (tx: Tx, rollout: LockedRollout) => Promise<LockedRollout>,
): Promise<LockedRollout> {
  return inTx(async (tx) => work(tx, expectAnswer(await lockRollout(tx, rolloutId))));
}

const contentAt =
  (setId: string): Growth['contentAt'] =>
  (reach, version) =>
    ruleSet(setId, version, { reach });

const grow = (rolloutId: string, afterStep: number): Promise<LockedRollout> =>
  change(rolloutId, (tx, rollout) => {
    const growth = { afterStep, contentAt: contentAt(rollout.setId), why: 'as planned' };
    return growRollout(tx, rollout, growth);
  });
const pause = (rolloutId: string): Promise<LockedRollout> =>
  change(rolloutId, (tx, rollout) => pauseRollout(tx, rollout, 'too much'));
const resume = (rolloutId: string, afterStep: number): Promise<LockedRollout> =>
  change(rolloutId, (tx, rollout) => resumeRollout(tx, rollout, { afterStep }));
const rollBack = (rolloutId: string): Promise<LockedRollout> =>
  change(rolloutId, (tx, rollout) => rollBackRollout(tx, rollout, 'it was wrong'));

async function inForce(setId: string): Promise<number | undefined> {
  const versions = await readVersionsInForce(db.app);
  return versions.find((name) => name.setId === setId)?.version;
}

function codeOf(answer: object | Refusal): unknown {
  return 'code' in answer ? answer.code : answer;
}

describe('recordRollout', () => {
  test('records one of many that plan the same at once', async () => {
    await publish(ruleSet('same', 1));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => inTx((tx) => recordRollout(tx, plan('same')))),
    );
    const kinds = answers.map((answer) => expectAnswer(answer).kind).sort();
    expect(kinds).toEqual([...Array<string>(7).fill('exists'), 'recorded']);
    const [rollout, ...more] = await listRollouts(db.app, 'same');
    expect(more).toEqual([]);
    expect(rollout).toMatchObject({ ...plan('same'), rolloutId: 'same/1', baseVersion: 1 });
    expect(rollout).toMatchObject({ state: 'running', steps: [], endedAt: null });
  });

  test('refuses all but one of many that plan different things for a set at once', async () => {
    await publish(ruleSet('rivals', 1));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        inTx((tx) => recordRollout(tx, plan('rivals', { salt: `salt-${n}` }))),
      ),
    );
    expect(answers.filter((answer) => !isRefusal(answer))).toHaveLength(1);
    expect(answers.filter(isRefusal).map(({ code }) => code)).toEqual(
      Array<string>(7).fill('ROLLOUT_UNDER_WAY'),
    );
    expect(await listRollouts(db.app, 'rivals')).toHaveLength(1);
  });

  test('lets the next one begin when the first has ended', async () => {
    const first = await begin('next-one');
    await rollBack(first);
    const second = expectAnswer(await inTx((tx) => recordRollout(tx, plan('next-one'))));
    expect(second).toEqual({ kind: 'recorded', rolloutId: 'next-one/2', setId: 'next-one' });
  });

  test.each<[string, Partial<RolloutPlan>, string]>([
    ['RULE_SET_UNKNOWN', { draft: ruleSet('never-published', 1) }, 'was never published'],
    ['RULE_SET_UNREADABLE', { draft: {} }, 'id: expected a name'],
    ['ROLLOUT_TERMS_INVALID', { salt: '' }, 'salt: expected a text'],
  ])('refuses with %s: %j', async (code, wrong, says) => {
    await publish(ruleSet('refused', 1));
    const answer = await inTx((tx) => recordRollout(tx, plan('refused', wrong)));
    expect(codeOf(answer)).toBe(code);
    expect(isRefusal(answer) && answer.message).toContain(says);
    expect(await listRollouts(db.app, 'refused')).toEqual([]);
  });
});

describe('a rollout', () => {
  test('publishes nothing in shadow, then each reach as the next version, to its end', async () => {
    const id = await begin('whole');
    expect(await inForce('whole')).toBe(1);
    await grow(id, 0);
    expect(await inForce('whole')).toBe(1);
    await grow(id, 1);
    const [newest] = await listRuleSetVersions(db.app, 'whole');
    expect(newest).toMatchObject({ version: 2, publishedBy: 'rollout whole/1, step 2' });
    expect(newest?.content).toEqual(ruleSet('whole', 2, { reach: 5_000 }));
    await grow(id, 2);
    expect(await grow(id, 3)).toMatchObject({ state: 'completed', reason: 'as planned' });
    expect(await inForce('whole')).toBe(3);
    const [rollout] = await readRollouts(db.app, [id]);
    expect(rollout?.steps.map(({ stage, reach, version }) => [stage, reach, version])).toEqual([
      [0, null, null],
      [1, 5_000, 2],
      [2, 100_000, 3],
    ]);
    expect(rollout?.endedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(rollout?.steps[0]?.beganAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('takes a step once, however many ask for it at once', async () => {
    const id = await begin('once-a-step');
    await grow(id, 0);
    const all = await Promise.all(Array.from({ length: 6 }, () => grow(id, 1)));
    expect(new Set(all.map((rollout) => stepOf(rollout)))).toEqual(new Set([2]));
    expect(await inForce('once-a-step')).toBe(2);
    expect(await listRuleSetVersions(db.app, 'once-a-step')).toHaveLength(2);
  });

  test('pauses when somebody published the set past it, and stays so', async () => {
    const id = await begin('overtaken');
    await grow(id, 0);
    await publish(ruleSet('overtaken', 2, 'a fix'), 'a colleague');
    const paused = await grow(id, 1);
    expect(paused).toMatchObject({
      state: 'paused',
      reason: 'v2, published by a colleague, is in force, not v1: roll back to end',
    });
    expect(await resume(id, 1)).toMatchObject({ state: 'paused', steps: { length: 1 } });
    expect(await inForce('overtaken')).toBe(2);
    const ended = await rollBack(id);
    expect(ended.state).toBe('cancelled');
    expect(ended.reason).toContain('it was wrong (v2, published by a colleague, is in force');
    expect(await inForce('overtaken')).toBe(2);
  });

  test('is resumed in the stage it was in, by a new step that publishes nothing', async () => {
    const id = await begin('resumed');
    for (const afterStep of [0, 1]) await grow(id, afterStep);
    expect(await resume(id, 2)).toMatchObject({ state: 'running', steps: { length: 2 } });
    expect(await pause(id)).toMatchObject({ state: 'paused', reason: 'too much' });
    expect(await grow(id, 2)).toMatchObject({ state: 'paused', steps: { length: 2 } });
    const all = await Promise.all([resume(id, 2), resume(id, 2)]);
    for (const { state, steps } of all) {
      expect(state).toBe('running');
      expect(steps.at(-1)).toMatchObject({ number: 3, stage: 1, reach: 5_000, version: 2 });
      expect(steps.at(-1)?.why).toBe('resumed after: too much');
    }
    expect(await inForce('resumed')).toBe(2);
    expect(await grow(id, 3)).toMatchObject({ steps: { 3: { reach: 100_000, version: 3 } } });
  });

  test('is rolled back to the old content under a higher version, once', async () => {
    const id = await begin('back');
    for (const afterStep of [0, 1]) await grow(id, afterStep);
    await pause(id);
    const all = await Promise.all([rollBack(id), rollBack(id), rollBack(id)]);
    for (const { state, steps } of all) {
      expect(state).toBe('rolled-back');
      expect(steps.at(-1)).toMatchObject({ stage: null, reach: 0, version: 3 });
    }
    const [newest] = await listRuleSetVersions(db.app, 'back');
    expect(newest?.content).toEqual(ruleSet('back', 3));
    expect(await inForce('back')).toBe(3);
  });

  test('is cancelled, and nothing published, when it is rolled back in shadow', async () => {
    const id = await begin('in-shadow');
    await grow(id, 0);
    expect(await rollBack(id)).toMatchObject({ state: 'cancelled', reason: 'it was wrong' });
    expect(await listRuleSetVersions(db.app, 'in-shadow')).toHaveLength(1);
  });

  test('changes no more once it has ended', async () => {
    const id = await begin('ended');
    for (const afterStep of [0, 1]) await grow(id, afterStep);
    const ended = await rollBack(id);
    for (const again of [await grow(id, 3), await pause(id), await resume(id, 3)]) {
      expect(again).toEqual(ended);
    }
  });

  test('that grows and is rolled back at once ends rolled back, whoever was first', async () => {
    for (const n of [1, 2, 3, 4, 5]) {
      const id = await begin(`racing-${n}`);
      for (const afterStep of [0, 1]) await grow(id, afterStep);
      await Promise.all(n % 2 === 0 ? [grow(id, 2), rollBack(id)] : [rollBack(id), grow(id, 2)]);
      const [rollout] = await readRollouts(db.app, [id]);
      expect(rollout?.state).toBe('rolled-back');
      const [newest] = await listRuleSetVersions(db.app, `racing-${n}`);
      expect(newest?.content).toEqual(ruleSet(`racing-${n}`, newest?.version ?? 0));
    }
  });

  test('and whoever publishes at the same moment: versions only go up, none is lost', async () => {
    const id = await begin('crowded');
    await grow(id, 0);
    const others = [2, 3, 4].map((version) =>
      inTx((tx) =>
        publishRuleSet(tx, { content: ruleSet('crowded', version), publishedBy: 'other' }),
      ),
    );
    await Promise.all([grow(id, 1), ...others]);
    const versions = await listRuleSetVersions(db.app, 'crowded');
    expect(await inForce('crowded')).toBe(versions[0]?.version);
    const after = await grow(id, 1);
    expect(['running', 'paused']).toContain(after.state);
    expect((await checkRulebook(db.app)).violations).toEqual([]);
  });

  test('that is not there has a refusal', async () => {
    expect(codeOf(await inTx((tx) => lockRollout(tx, 'nobody/1')))).toBe('ROLLOUT_UNKNOWN');
    expect(await readRollouts(db.app, [])).toEqual([]);
  });

  test('stands beside the version in force until it ends, from its first step on', async () => {
    const id = await begin('beside');
    const rolloutOf = async (): Promise<unknown> => {
      const versions = await readVersionsInForce(db.app);
      return versions.find(({ setId }) => setId === 'beside')?.rollout;
    };
    expect(await rolloutOf()).toBeNull();
    await grow(id, 0);
    expect(await rolloutOf()).toEqual({ rolloutId: id, step: 1 });
    await pause(id);
    await resume(id, 1);
    expect(await rolloutOf()).toEqual({ rolloutId: id, step: 2 });
    await rollBack(id);
    expect(await rolloutOf()).toBeNull();
  });
});

describe('runs', () => {
  const observation = (rolloutId: string, firstKey: string): RolloutObservation => ({
    ...{ rolloutId, step: 1, firstKey, workflowId: 'batch:1' },
    ...{ runs: 10, disagreements: 3, failures: 1 },
    money: [
      { currency: 'USD', differenceMinor: -25n, movedMinor: 75n },
      { currency: 'EUR', differenceMinor: 9_007_199_254_740_993n, movedMinor: 1n },
    ],
  });

  test('are summed by step and currency, exactly', async () => {
    const id = await begin('summed');
    for (const afterStep of [0, 1]) await grow(id, afterStep);
    for (const key of ['a', 'b']) await inTx((tx) => recordRolloutRuns(tx, observation(id, key)));
    const none = { ...observation(id, 'c'), disagreements: 0, failures: 0, money: [] };
    await inTx((tx) => recordRolloutRuns(tx, none));
    await inTx((tx) => recordRolloutRuns(tx, { ...observation(id, 'd'), step: 2 }));
    expect(await sumRolloutRuns(db.app, { rolloutId: id, step: 1 })).toEqual({
      ...{ runs: 30, disagreements: 6, failures: 2 },
      money: [
        { currency: 'EUR', differenceMinor: 18_014_398_509_481_986n, movedMinor: 2n },
        { currency: 'USD', differenceMinor: -50n, movedMinor: 150n },
      ],
    });
    expect(await sumRolloutRuns(db.app, { rolloutId: id, step: 2 })).toMatchObject({ runs: 10 });
    expect(await sumRolloutRuns(db.app, { rolloutId: id, step: 3 })).toEqual({
      ...{ runs: 0, disagreements: 0, failures: 0, money: [] },
    });
  });

  test('that begin with the same receipt are counted once, also in another step', async () => {
    const id = await begin('counted-once');
    for (const afterStep of [0, 1]) await grow(id, afterStep);
    await inTx((tx) => recordRolloutRuns(tx, observation(id, 'a')));
    const again = inTx((tx) => recordRolloutRuns(tx, { ...observation(id, 'a'), step: 2 }));
    expect(sqlState(await again.catch((error: unknown) => error))).toBe('23505');
  });

  test('are counted while the rollout is being changed: neither waits for the other', async () => {
    const id = await begin('side-by-side');
    await grow(id, 0);
    await inTx(async (tx) => {
      expectAnswer(await lockRollout(tx, id));
      await inTx((other) => recordRolloutRuns(other, observation(id, 'a')));
    });
    expect(await sumRolloutRuns(db.app, { rolloutId: id, step: 1 })).toMatchObject({ runs: 10 });
  });

  test('and steps are never changed or deleted by the app', async () => {
    for (const sql of [
      'update rulebook.rollout_observation set runs = 1',
      'delete from rulebook.rollout_observation',
      'update rulebook.rollout_step set reach = 1',
      'delete from rulebook.rollout_step',
      "update rulebook.rollout set salt = 'x'",
      'delete from rulebook.rollout',
    ]) {
      const refused: unknown = await db.app.query(sql).catch((error: unknown) => error);
      expect(sqlState(refused)).toBe('42501');
    }
  });
});

describe('checkRollouts', () => {
  test('finds nothing wrong with what the tests above have left', async () => {
    const rollouts = await listRollouts(db.app, null);
    expect(rollouts.filter(hasEnded).length).toBeGreaterThan(5);
    expect(await checkRollouts(db.app)).toMatchObject({
      checked: rollouts.length,
      violations: [],
    });
  });

  test('finds a step, a state and a way back that are not as they say', async () => {
    const id = await begin('altered');
    for (const afterStep of [0, 1]) await grow(id, afterStep);
    await rollBack(id);
    const alter = (sql: string): Promise<unknown> => db.owner.query(`${sql} = 'altered/1'`);
    const found = async (): Promise<unknown> => (await checkRollouts(db.app)).violations;
    await db.owner.query(
      `update rulebook.rule_set_version set content = content || '{"rules": [1]}'
       where set_id = 'altered' and version = 3`,
    );
    expect(await found()).toEqual(['rollout altered/1: v3 is not v1 again']);
    await alter("update rulebook.rollout set state = 'completed' where id");
    expect(await found()).toEqual(['rollout altered/1: not completed']);
    await alter('delete from rulebook.rollout_step where number = 3 and rollout_id');
    expect(await found()).toEqual(['rollout altered/1: completed before its last stage']);
    await alter('update rulebook.rollout_step set reach = 6000 where number = 2 and rollout_id');
    await alter('update rulebook.rollout_step set version = 1 where number = 2 and rollout_id');
    expect(await found()).toEqual([
      'rollout altered/1, step 2: not its stage',
      'rollout altered/1, step 2: v1 is of a file',
      'rollout altered/1: completed before its last stage',
    ]);
    await alter("update rulebook.rollout set state = 'rolled-back' where id");
    expect(await found()).toContain('rollout altered/1: not rolled-back');
  });
});
