import { requestHash, type Json } from '@sluice/database';
import { readBalances, traceReference } from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import { countTillDecisions, readOutcomes, type Outcome, type Redemption } from '@sluice/pool';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchProgress } from '../contract.ts';
import { exampleNetMinor, exampleRedemption, manyRedemptions } from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { changedTables, tableDigests } from '../testing/table-digests.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { configuredRules, exampleTill, publishRules, type StoredRules } from '../testing/till.ts';
import { TillRules } from './till-rules.ts';

const start: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};

let system: TestSystem;
beforeEach(async () => {
  system = await openTestSystem();
  await system.openPool();
});
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});

type Lane = (redemptions: readonly Redemption[]) => Promise<readonly Outcome[]>;

const poolId = 'july';

const bulk: Lane = async (redemptions) => {
  await system.record(redemptions);
  const chunk = { poolId, batchId: 'batch-1', limit: 1_000, progress: start };
  expectAnswer(await system.activities.settleChunk(chunk));
  return outcomesOf(redemptions);
};

const single: Lane = async (redemptions) => {
  await system.record(redemptions);
  for (const { id: redemptionId } of redemptions) {
    await system.activities.drawAndBook({ poolId, redemptionId });
  }
  return outcomesOf(redemptions);
};

const lanes: readonly (readonly [string, Lane])[] = [
  ['the bulk lane', bulk],
  ['the single lane', single],
];

async function outcomesOf(redemptions: readonly Redemption[]): Promise<readonly Outcome[]> {
  const ids = redemptions.map(({ id }) => id);
  const outcomes = new Map(
    (await readOutcomes(system.db.app, ids)).map((one) => [one.redemptionId, one]),
  );
  return ids.map((id) => outcomes.get(id)!);
}

/** One redemption of a till beside two good ones of it; gives what became of the odd one. */
async function beside(lane: Lane, odd: Redemption): Promise<Outcome> {
  const till = await exampleTill(system);
  const [first, last] = [
    await till(exampleRedemption({ id: 'GOOD-1' })),
    await till(exampleRedemption({ id: 'GOOD-2' })),
  ];
  const outcomes = await lane([first, odd, last]);
  expect(outcomes.map(({ status }) => status)).toEqual(['paid', 'parked', 'paid']);
  expect(await traceReference(system.db.app, odd.id)).toEqual([]);
  const balances = await readBalances(system.db.app, ['payable/330', 'payable/777']);
  expect(balances.get('payable/330')).toBe(2n * exampleNetMinor);
  expect(balances.get('payable/777')).toBeUndefined();
  const { decided, same, parked } = await countTillDecisions(system.db.app, poolId);
  expect({ decided, same, parked }).toEqual({ decided: 3, same: 2, parked: 1 });
  return outcomes[1]!;
}

const odd = (change: Partial<Redemption> = {}): Redemption =>
  exampleRedemption({ id: 'ODD', sellerId: '777', ...change });

describe.each(lanes)('a decision of a till, by %s', (_title, lane) => {
  test('that is the same on the server is paid, and says so', async () => {
    const till = await exampleTill(system);
    const [ofTill, ofNone] = await lane([
      await till(exampleRedemption()),
      exampleRedemption({ id: 'RED-2' }),
    ]);
    expect(ofTill).toMatchObject({ status: 'paid', explanation: { till: 'same' } });
    expect(ofTill!.explanation).toEqual({ ...(ofNone!.explanation as object), till: 'same' });
    expect(ofNone!.subsidyMinor).toBe(ofTill!.subsidyMinor);
    const { decided, same, parked } = await countTillDecisions(system.db.app, poolId);
    expect({ decided, same, parked }).toEqual({ decided: 1, same: 1, parked: 0 });
  });

  test('that was altered by a cent is parked, and its neighbours are paid', async () => {
    const { tillDecision, ...body } = await (await exampleTill(system))(odd());
    const altered = tillDecision!.replace('"3.60"', '"3.61"');
    expect(altered).not.toBe(tillDecision);
    const outcome = await beside(lane, { ...body, tillDecision: altered });
    const record = (amount: string): string =>
      '{"layer":"base","outcome":"applied",' +
      '"rule":"complete-journey-discounts@1/loyalty-price-cut@1",' +
      `"value":{"money":{"amount":"${amount}","currency":"USD"}}}`;
    expect(outcome).toMatchObject({
      ...{ discountMinor: 0n, subsidyMinor: 0n, explanation: { till: 'different' } },
      refusal: {
        code: 'TILL_DECISION_DIFFERS',
        details: {
          ...{ redemptionId: 'ODD', businesses: ['loyalty-discount'] },
          ...{ till: [record('3.61')], server: [record('3.60')] },
        },
      },
    });
  });

  test('that lacks a business, or has one of its own, is parked', async () => {
    const { tillDecision, ...body } = await (await exampleTill(system))(odd());
    const altered = tillDecision!.replace('"coupon-match"', '"coupon-more"');
    expect(await beside(lane, { ...body, tillDecision: altered })).toMatchObject({
      refusal: { details: { businesses: ['coupon-match', 'coupon-more'] } },
    });
  });

  test('by a version that was never published is parked', async () => {
    const till = await exampleTill(system, [configuredRules(system, 9)]);
    expect(await beside(lane, await till(odd()))).toMatchObject({
      explanation: { discounts: {} },
      refusal: {
        code: 'TILL_RULES_UNKNOWN',
        details: {
          redemptionId: 'ODD',
          faults: ['complete-journey-discounts@9 was never published'],
        },
      },
    });
  });

  test.each([
    ['that nobody can read', () => '{"at":'],
    ['of another day', (text: string) => text.replace('2017-07-03', '2017-07-04')],
    ['of no day of the calendar', (text: string) => text.replace('2017-07-03', '2017-02-30')],
    ['that names what no database keeps', (text: string) => text.replace('till-1', '\\u0000')],
    [
      'that is deep',
      (text: string) => text.replace('"base"', '['.repeat(3_500) + ']'.repeat(3_500)),
    ],
  ])('%s is parked', async (_what, change) => {
    const { tillDecision, ...body } = await (await exampleTill(system))(odd());
    const outcome = await beside(lane, { ...body, tillDecision: change(tillDecision!) });
    expect(outcome.refusal?.code).toMatch(/^TILL_DECISION_(INVALID|DIFFERS)$/);
  });

  test('by an older version is decided by that one, and paid', async () => {
    const older = await exampleTill(system);
    const newer = configuredRules(system, 2, (text) => text.replaceAll('1.00', '0.90'));
    await publishRules(system, newer);
    const outcomes = await lane([
      await older(exampleRedemption()),
      await (await exampleTill(system, [newer]))(exampleRedemption({ id: 'RED-2' })),
      exampleRedemption({ id: 'RED-3' }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['paid', 'paid', 'paid']);
    const byRule = outcomes.map(({ explanation }) => {
      const { match } = (explanation as { discounts: Record<string, Json> }).discounts;
      return match;
    });
    const match = (amount: string, version: number): Json => ({
      ...{ amount, rule: `complete-journey-discounts@${version}/doubled-up-to-one` },
    });
    expect(byRule).toEqual([match('0.25', 1), match('0.15', 2), match('0.15', 2)]);
  });
});

describe('rules that only a till has', () => {
  const scoped = (id: string, scope: Json, match: string): StoredRules => ({
    ...configuredRules(system, 1, (text) => text.replaceAll('1.00', match)),
    ...{ id, scope },
  });
  const ofUser = (): StoredRules =>
    scoped('of-a-user', { level: 'user', id: 'household-1' }, '0.80');
  const ofTill = (): StoredRules => scoped('of-a-till', { level: 'device', id: 'till-1' }, '0.85');

  test('decide where they are for this user or till', async () => {
    await publishRules(system, ofUser());
    await publishRules(system, ofTill());
    const base = configuredRules(system, 1);
    const terminal = { deviceId: 'till-1', userId: 'household-1' };
    const both = await exampleTill(system, [base, ofTill(), ofUser()], { terminal });
    const user = await exampleTill(system, [base, ofUser()], { terminal });
    const outcomes = await bulk([
      await both(exampleRedemption()),
      await user(exampleRedemption({ id: 'RED-2' })),
      exampleRedemption({ id: 'RED-3' }),
    ]);
    expect(
      outcomes.map(({ status, explanation }) => [
        status,
        (explanation as { discounts: { match: { rule: string } } }).discounts.match.rule,
      ]),
    ).toEqual([
      ['paid', 'of-a-till@1/doubled-up-to-one'],
      ['paid', 'of-a-user@1/doubled-up-to-one'],
      ['paid', 'complete-journey-discounts@1/doubled-up-to-one'],
    ]);
  });

  test.each<[string, () => StoredRules, (text: string) => string, string]>([
    ['another user', ofUser, (text) => text, 'of-a-user@1 is for user household-1'],
    [
      'another till',
      ofTill,
      (text) => text.replace('"device":"till-1"', '"device":"till-2"'),
      'of-a-till@1 is for device till-1',
    ],
    [
      'no till',
      ofTill,
      (text) => text.replace('"device":"till-1"', '"device":null'),
      'of-a-till@1 is for device till-1',
    ],
    [
      'another institution',
      () => scoped('of-others', { level: 'institution', id: 'others' }, '0.70'),
      (text) => text,
      'of-others@1 is for institution others',
    ],
  ])('do not decide for %s', async (_whose, rules, change, fault) => {
    await publishRules(system, rules());
    const terminal = { deviceId: 'till-1', userId: 'household-1' };
    const till = await exampleTill(system, [configuredRules(system, 1), rules()], { terminal });
    const { tillDecision, ...body } = await till(odd({ userId: 'household-2' }));
    expect(await beside(bulk, { ...body, tillDecision: change(tillDecision!) })).toMatchObject({
      refusal: { code: 'TILL_RULES_UNKNOWN', details: { faults: [fault] } },
    });
  });
});

test('a staged rollout counts a redemption as its till did', async () => {
  const rollout = (to: number): Json => ({
    rollout: {
      ...{ unit: { fact: 'rollout.unit' }, algorithm: 'murmur3-32-100000', salt: 'spring' },
      ...{ from: 0, to },
    },
  });
  const when = { gt: [{ fact: 'loyalty.cut' }, { money: { amount: '0.00', currency: 'USD' } }] };
  const { facts, rules, ...rest } = configuredRules(system, 2);
  const staged: StoredRules = {
    ...rest,
    facts: { ...(facts as StoredRules), 'rollout.unit': 'text' },
    rules: (rules as readonly StoredRules[]).map((rule) =>
      rule['id'] === 'loyalty-price-cut'
        ? { ...rule, when: { and: [when, rollout(50_000)] } }
        : rule,
    ),
  };
  await publishRules(system, staged);
  const units = Array.from({ length: 12 }, (_, index) => `device:till-${index}`);
  const redemptions: Redemption[] = [];
  for (const unit of units) {
    const till = await exampleTill(system, [staged], { unit });
    redemptions.push(await till(exampleRedemption({ id: unit })));
  }
  const asUser = await exampleTill(system, [staged]);
  redemptions.push(await asUser(exampleRedemption({ id: 'as-user' })));
  const outcomes = await bulk(redemptions);
  expect(outcomes.filter(({ status }) => status !== 'paid')).toEqual([]);
  const withCut = outcomes.filter(({ discountMinor }) => discountMinor > 100n);
  expect(withCut.length).toBeGreaterThan(0);
  expect(withCut.length).toBeLessThan(units.length);
});

test('what neither till nor server can tell is parked as without a till', async () => {
  const till = await exampleTill(system);
  const text = (await till(exampleRedemption())).tillDecision;
  const needsMore = configuredRules(system, 2, (stored) =>
    stored.replaceAll('loyalty.cut', 'loyalty.tier'),
  );
  await publishRules(system, needsMore);
  const unsure = await exampleTill(system, [needsMore]);
  const [outcome, sure] = await bulk([
    await unsure(exampleRedemption()),
    exampleRedemption({ id: 'RED-2', tillDecision: text }),
  ]);
  expect(outcome).toMatchObject({
    ...{ status: 'parked', explanation: { till: 'same' } },
    refusal: { code: 'DISCOUNT_UNDECIDED' },
  });
  expect(sure).toMatchObject({ status: 'paid' });
});

test('rules that give no money park the redemption, and do not stop its neighbours', async () => {
  const text = configuredRules(system, 2, (stored) =>
    stored.replaceAll('"value":{"fact":"loyalty.cut"}', '"value":{"text":"much"}'),
  );
  await publishRules(system, text);
  await publishRules(system, configuredRules(system, 3));
  const till = await exampleTill(system, [text]);
  const [bad, good] = await bulk([
    await till(exampleRedemption()),
    exampleRedemption({ id: 'RED-2' }),
  ]);
  expect(bad).toMatchObject({ status: 'parked', refusal: { code: 'DISCOUNT_UNDECIDED' } });
  expect(bad!.refusal!.message).toContain('"much" by rule loyalty-price-cut');
  expect(good).toMatchObject({ status: 'paid' });
});

test('the steps of the single lane show that a till decided the same', async () => {
  const till = await exampleTill(system);
  await system.record([await till(exampleRedemption()), exampleRedemption({ id: 'RED-2' })]);
  const shown = (redemptionId: string): Promise<object> =>
    system.activities.decideDiscounts({ redemptionId });
  expect(await shown('RED-1')).toEqual({ ...(await shown('RED-2')), till: 'same' });
  const digests = await tableDigests(system.db);
  await system.activities.quoteSubsidy({ redemptionId: 'RED-1' });
  expect(changedTables(digests, await tableDigests(system.db))).toEqual([]);
  await single([]);
  for (const redemptionId of ['RED-1', 'RED-2']) {
    await system.activities.drawAndBook({ poolId, redemptionId });
  }
});

test('without a till a receipt stands for what it stood for before there were tills', async () => {
  const { id } = exampleRedemption();
  await bulk([
    exampleRedemption(),
    await (await exampleTill(system))(exampleRedemption({ id: 'T' })),
  ]);
  const receipts = await system.db.app.query<{ key: string; request_hash: string }>(
    `select key, request_hash from database.receipt where key like 'subsidy:%' order by key`,
  );
  const before = requestHash({
    ...{ id, seller: '330', product: '1000106', brand: '1208', quantity: 1 },
    ...{ at: '2017-07-03T10:15:00.000Z', currency: 'USD' },
    ...{ paid: '399', coupon: '75', loyalty: '360' },
  });
  expect(receipts[0]).toEqual({ key: `subsidy:${id}`, request_hash: before });
  expect(receipts[1]?.key).toBe('subsidy:T');
  expect(receipts[1]?.request_hash).not.toBe(before);
});

test('the rules of a whole chunk are loaded in one statement, and once', async () => {
  for (const version of [2, 3]) await publishRules(system, configuredRules(system, version));
  const tills = await Promise.all(
    [1, 2, 3].map((version) => exampleTill(system, [configuredRules(system, version)])),
  );
  const redemptions = await Promise.all(
    manyRedemptions(30).map((one, index) => tills[index % 3]!(one)),
  );
  let statements = 0;
  const counting: TestSystem['db']['app']['query'] = (sql, values) => {
    statements += 1;
    return system.db.app.query(sql, values);
  };
  const rules = new TillRules(system.program);
  const runs = await rules.forRedemptions({ query: counting }, redemptions);
  expect([runs.size, statements]).toEqual([30, 1]);
  await rules.forRedemptions({ query: counting }, redemptions);
  await rules.forRedemptions({ query: counting }, [exampleRedemption()]);
  expect(statements).toBe(1);
  const [first] = redemptions;
  const unpublished = first!.tillDecision!.replaceAll('@1"', '@7"');
  const odd7 = exampleRedemption({ tillDecision: unpublished, redeemedAt: first!.redeemedAt });
  for (const expected of [2, 3]) {
    // What was not published then may be published now.
    const found = await rules.forRedemptions({ query: counting }, [odd7]);
    expect(found.get(odd7.id)).toMatchObject({ code: 'TILL_RULES_UNKNOWN' });
    expect(statements).toBe(expected);
  }
});
