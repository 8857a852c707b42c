import { isRefusal } from '@sluice/money';
import { ruleSetToJson, withReach, type RuleSet } from '@sluice/rule-engine';
import { listRollouts } from '@sluice/rulebook';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleRedemption } from '../testing/examples.ts';
import {
  addedRule,
  draftOf,
  draftText,
  publish,
  setId,
  springDraft,
  springTerms,
} from '../testing/rollouts.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { factOf, redemptionFacts } from './price-redemption.ts';
import { unguardedRules } from './rule-rollout-guard.ts';
import { recordRuleRollout, type RolloutRequest } from './rule-rollout-record.ts';

let system: TestSystem;
beforeAll(async () => void (system = await openTestSystem()));
afterAll(() => system.close());

async function start(change: Partial<RolloutRequest>): Promise<unknown> {
  const request = { ...springTerms, draft: springDraft, ...change };
  const answer = await recordRuleRollout(system.db.app, system.program, request);
  return isRefusal(answer) ? answer : answer.kind;
}

/** The configured rules with the added one, changed as text. */
function changed(from: string, to: string): RuleSet {
  const text = draftText(addedRule);
  expect(text).toContain(from);
  return draftOf(text.replaceAll(from, to));
}

describe('a draft', () => {
  test.each<[string, RuleSet, string]>([
    [
      'ROLLOUT_NOT_IN_DRAFT',
      changed('"spring"', '"autumn"'),
      'begin the condition of each rule that it adds with ' +
        'rollout(rollout.unit, "murmur3-32-100000", "spring", 0, 0) && ..., and declare ' +
        'rollout.unit: text among its facts',
    ],
    ['ROLLOUT_SCOPE_DIFFERS', changed('"base" }', '"user", id: "ann" }'), 'is for the base'],
    [
      'ROLLOUT_NOT_DECIDED_HERE',
      changed(
        'business: "coupon-match",\n      when: rollout',
        'business: "x",\n      when: rollout',
      ),
      'changes "x", which no redemption is decided by here',
    ],
    [
      'ROLLOUT_FACT_UNKNOWN',
      changed('rollout.unit', 'basket.id'),
      'asks for basket.id, which a redemption has not: it has coupon.value: money',
    ],
    [
      'ROLLOUT_FACT_UNKNOWN',
      draftOf(
        draftText(
          addedRule.replace('&& line.quantity > 0', '&& user.id'),
          'doubled-up-to-one',
        ).replace('rollout.unit: text', 'rollout.unit: text, user.id: bool'),
      ),
      'asks for user.id, which a redemption has not',
    ],
    [
      'ROLLOUT_UNREACHABLE',
      draftOf(draftText(addedRule.replace('0.00', '3.00'))),
      'ALWAYS_FALSE doubled-up-to-two',
    ],
    [
      'ROLLOUT_UNREACHABLE',
      draftOf(draftText(addedRule.replaceAll('2.00', '0.90'), 'loyalty-price-cut')),
      'SHADOWED doubled-up-to-two',
    ],
    ['RULE_SET_UNKNOWN', changed(`"${setId}"`, '"another"'), 'was never published'],
  ])('is refused with %s, and nothing is recorded', async (code, draft, says) => {
    expect(await start({ draft })).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(await listRollouts(system.db.app, null)).toEqual([]);
  });

  test.each<[string, RuleSet]>([
    [
      'doubled-up-to-one',
      changed('min(coupon.value, money("1.00"', 'min(coupon.value, money("0.90"'),
    ],
    ['doubled-up-to-two', changed('0)\n        && coupon', '0) || coupon')],
    [
      'doubled-up-to-two',
      draftOf(draftText(addedRule.replace('when: rollout', 'lock: true,\n when: true || rollout'))),
    ],
    [
      'loyalty-price-cut',
      changed('loyalty.cut > money("0.00", "USD")', 'loyalty.cut > money("9.00", "USD")'),
    ],
  ])('that changes %s for all at once is refused', async (id, draft) => {
    expect(await start({ draft })).toMatchObject({
      code: 'ROLLOUT_UNGUARDED',
      details: { rules: expect.arrayContaining([id]) },
    });
  });

  test('that leaves a rule out, or puts it elsewhere, changes it for all at once', () => {
    const [base] = system.program.ruleSets;
    const [first, second, ...rest] = springDraft.rules;
    const unguarded = (rules: RuleSet['rules']): readonly string[] =>
      unguardedRules({ ...springDraft, rules }, base!, 'spring');
    expect(unguarded(springDraft.rules)).toEqual([]);
    expect(unguarded([second!, ...rest])).not.toEqual([]);
    expect(unguarded([...rest, first!, second!])).not.toEqual([]);
  });

  test.each([
    ['rollout(G) || loyalty.cut > money("0.00", "USD")', 'loyalty.cut'],
    ['!rollout(G) && loyalty.cut > money("0.00", "USD")', 'loyalty.cut'],
    [
      'loyalty.cut > money("0.00", "USD")',
      'rollout(G) && line.quantity > 1 ? money("0.10", "USD") : loyalty.cut',
    ],
  ])('may change a rule where it stands: when %s, then %s', (when, then) => {
    const guarded = (source: string): string =>
      source.replace('(G)', '(rollout.unit, "murmur3-32-100000", "spring", 0, 0)');
    const source = draftText('')
      .replace('when: loyalty.cut > money("0.00", "USD")', `when: ${guarded(when)}`)
      .replace('then: loyalty.cut', `then: ${guarded(then)}`);
    const [base] = system.program.ruleSets;
    expect(unguardedRules(draftOf(source), base!, 'spring')).toEqual([]);
    expect(unguardedRules(draftOf(source), base!, 'autumn')).toEqual(['loyalty-price-cut']);
  });

  test('under an id that another layer has would silence that one for all', async () => {
    const [base] = system.program.ruleSets;
    const own = { ...base!, id: 'own', rules: springDraft.rules.slice(0, 1) };
    const level = { level: 'institution', id: system.program.institution };
    const stored = ruleSetToJson(own) as Record<string, never>;
    await publish(system, { ...stored, scope: level });
    const draft = changed('"doubled-up-to-two"', '"face-value"').rules;
    const added = draft.filter(({ id, when }) => id === 'face-value' && when !== draft[0]?.when);
    expect(added).toHaveLength(1);
    const request = { ...own, scope: { level: 'institution', id: level.id } as const };
    const refusal = await start({
      draft: { ...request, facts: springDraft.facts, rules: [...added, ...own.rules].slice(0, 1) },
    });
    expect(refusal).toMatchObject({ code: 'ROLLOUT_UNGUARDED' });
  });

  test('of a salt that is in force is refused: its reach would shrink', async () => {
    const grown = withReach(springDraft, { salt: 'spring', to: 100_000, version: 2 });
    await publish(system, ruleSetToJson(grown) as never);
    expect(await start({})).toMatchObject({
      code: 'ROLLOUT_SALT_IN_FORCE',
      message: expect.stringContaining('take another salt'),
    });
  });

  test('whose rollout is under way is found again, after it has grown as well', async () => {
    const draft = changed('"spring"', '"summer"');
    const request = { draft, salt: 'summer' };
    const rules = draft.rules.filter(({ id }) => id !== 'doubled-up-to-two');
    const base = { ...draft, rules, version: 3 };
    await publish(system, ruleSetToJson(base) as never);
    expect(await start(request)).toBe('recorded');
    expect(await start(request)).toBe('exists');
    const [rollout] = await listRollouts(system.db.app, setId);
    for (const afterStep of [0, 0]) {
      await system.activities.growRollout({ rolloutId: rollout?.rolloutId ?? '', afterStep });
    }
    expect(await start(request)).toBe('exists');
    expect(await start({ ...request, salt: 'spring' })).toMatchObject({
      code: 'ROLLOUT_UNDER_WAY',
    });
  });
});

test('the facts that drafts may ask for are those that redemptions have', () => {
  const given = Object.keys(redemptionFacts).map((name) => {
    return [name, factOf(exampleRedemption(), name)?.kind];
  });
  expect(Object.fromEntries(given)).toEqual(redemptionFacts);
  expect(factOf(exampleRedemption(), 'basket.id')).toBeUndefined();
  expect(factOf(exampleRedemption({ userId: 'ann' }), 'rollout.unit')).toEqual({
    ...{ kind: 'text', text: 'user:ann' },
  });
});
