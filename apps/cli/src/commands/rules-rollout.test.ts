import { withTransaction, type Json, type Tx } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { expectAnswer } from '@sluice/money';
import {
  growRollout,
  lockRollout,
  publishRuleSet,
  recordRollout,
  recordRolloutRuns,
  rollBackRollout,
} from '@sluice/rulebook';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { migrationSets } from '../session/open-session.ts';
import { runCli, type CliEnd } from '../testing/run-cli.ts';
import { tempDir } from '../testing/temp-dir.ts';

// The program is started again for each command.
vi.setConfig({ testTimeout: 90_000 });

let db: FreshDatabase;
beforeAll(async () => void (db = await freshDatabase(...migrationSets)));
afterAll(() => db.drop());

const sluice = (...args: readonly string[]): Promise<CliEnd> =>
  runCli(args, { SLUICE_STATE_DIR: tempDir(), DATABASE_URL: db.url });

const ruleSet = (version: number, note: Json): Json => ({
  ...{ id: 'spring', version, scope: { level: 'base' }, facts: {}, rules: [{ note }] },
});
const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTransaction(db.app, work);

async function grow(afterStep: number): Promise<void> {
  const contentAt = (reach: number, version: number): Json => ruleSet(version, { reach });
  await inTx(async (tx) => {
    const rollout = expectAnswer(await lockRollout(tx, 'spring/1'));
    return growRollout(tx, rollout, { afterStep, contentAt, why: 'it kept to the gate' });
  });
}

describe('a rollout on the command line', () => {
  test('is asked for where there is none, and a set that never was is named', async () => {
    const { code, output } = await sluice('rules', 'rollout', 'show');
    expect(code).toBe(0);
    expect(output).toMatch(/^There is no rollout yet: sluice rules rollout start DRAFT/);
    const history = await sluice('rules', 'history', 'spring');
    expect(history).toMatchObject({ code: 2, output: '' });
    expect(history.errors).toBe(
      'RULE_SET_UNKNOWN: no rule set "spring" was published: ' +
        'there is none yet, npm start publishes one\n',
    );
  });

  test('is not begun on terms or a file that cannot be used', async () => {
    const start = ['rules', 'rollout', 'start', 'no.rules', '--salt', 'spring'];
    const terms = await sluice(...start, '--stages', '5%');
    expect(terms).toMatchObject({ code: 2, output: '' });
    expect(terms.errors).toMatch(/^ROLLOUT_TERMS_INVALID: --stages: "5%" is neither shadow nor/);
    const file = await sluice(...start, '--moved', '1.00 USD');
    expect(file).toMatchObject({ code: 2, output: '' });
    expect(file.errors).toMatch(/^FILE_UNREADABLE: no\.rules cannot be read/);
  });

  test('shows its steps, what was counted in each, and what the gate says', async () => {
    const publication = { content: ruleSet(1, 'base'), publishedBy: 'configuration' };
    expectAnswer(await inTx((tx) => publishRuleSet(tx, publication)));
    const plan = {
      ...{ draft: ruleSet(1, 'draft'), salt: 'spring', startedBy: 'spring.rules' },
      stages: [null, 5_000, 100_000].map((reach) => ({ reach, fewestRuns: 1_000 })),
      gate: { failuresPerMillion: 100, moved: [{ amount: '5.00', currency: 'USD' }] },
    };
    expectAnswer(await inTx((tx) => recordRollout(tx, plan)));
    await grow(0);
    await grow(1);
    const money = [{ currency: 'USD', differenceMinor: -250n, movedMinor: 750n }];
    await inTx((tx) =>
      recordRolloutRuns(tx, {
        ...{ rolloutId: 'spring/1', step: 2, firstKey: 'a', workflowId: 'batch:1' },
        ...{ runs: 2_000, disagreements: 25, failures: 1, money },
      }),
    );
    const { code, output } = await sluice('rules', 'rollout', 'show', 'spring');
    expect(code).toBe(0);
    expect(output).toContain('Rollout spring/1, running');
    expect(output).toMatch(/ 1 {2}shadow +0 +0 +0 .* wait: 0 of 1000 runs so far/);
    expect(output).toMatch(
      / 2 {2}5 % +v2 +2,000 +25 \(1\.25 %\) +1 \(0\.05 %\) +-2\.50 USD +7\.50 USD +pause: 7/,
    );
    const json = (await sluice('rules', 'rollout', 'show', '--json')).output;
    expect(JSON.parse(json.trim().split('\n').at(-1) ?? '')).toMatchObject({
      rollouts: [{ rolloutId: 'spring/1', steps: [{}, { report: { runs: 2_000 }, version: 2 }] }],
    });
  });

  test('leaves a history that tells where each version came from', async () => {
    await inTx(async (tx) => {
      const rollout = expectAnswer(await lockRollout(tx, 'spring/1'));
      return rollBackRollout(tx, rollout, 'too dear');
    });
    const { code, output } = await sluice('rules', 'history', 'spring');
    expect(code).toBe(0);
    expect(output).toMatch(/v3 {2}in force {2}\d{4}-.*rollout spring\/1, step 3/);
    expect(output).toMatch(/v2 +\d{4}-.*rollout spring\/1, step 2[^]*v1 +\d{4}-.*configuration/);
    const json = (await sluice('rules', 'history', 'spring', '--json')).output;
    const { versions } = JSON.parse(json.trim().split('\n').at(-1) ?? '') as {
      readonly versions: readonly object[];
    };
    expect(versions).toHaveLength(3);
    expect(versions[0]).not.toHaveProperty('content');
    const shown = (await sluice('rules', 'rollout', 'show', 'spring')).output;
    expect(shown).toMatch(/Rollout spring\/1, rolled-back\n {2}too dear[^]* 3 {2}back +v3/);
  });

  test('is checked with everything else', async () => {
    const invariants = async (): Promise<string> => (await sluice('check')).output;
    expect(await invariants()).toMatch(/holds .*every rollout published what its steps say/);
    await db.owner.query("update rulebook.rollout set state = 'completed'");
    const broken = await invariants();
    expect(broken).toMatch(/BROKEN .*every rollout published/);
    expect(broken).toContain('rollout spring/1: not completed');
  });
});
