import { readFileSync } from 'node:fs';
import { withTransaction, type Json } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import type { RuleSet } from '@sluice/rule-engine';
import { parseRuleSetText } from '@sluice/rule-engine/text';
import { publishRuleSet, type RolloutTerms } from '@sluice/rulebook';
import { recordRuleRollout, type RolloutRequest } from '../activities/rule-rollout-record.ts';
import { manyRedemptions, usd } from './examples.ts';
import { configFolder, type TestSystem } from './test-system.ts';

/** The rule set of the main job. */
export const setId = 'complete-journey-discounts';
const text = readFileSync(`${configFolder}/rules/complete-journey.rules`, 'utf8');
const guard = 'rollout(rollout.unit, "murmur3-32-100000", "spring", 0, 0)';

/** The rule that the draft of these tests adds: coupons are doubled up to 2.00 instead of 1.00. */
export const addedRule = `
    {
      id: "doubled-up-to-two",
      version: 1,
      business: "coupon-match",
      when: ${guard}
        && coupon.value > money("0.00", "USD")
        && coupon.value < money("2.00", "USD")
        && line.quantity > 0,
      then: min(coupon.value, money("2.00", "USD") - coupon.value),
    },`;

/** The configured rules as text, with a rule put before the one that it goes before. */
export function draftText(rule: string, before = 'doubled-up-to-one'): string {
  const place = text.indexOf(`    {\n      id: "${before}"`);
  const withRule = `${text.slice(0, place).trimEnd()}${rule}\n${text.slice(place)}`;
  return withRule.replace('loyalty.cut: money', 'rollout.unit: text, loyalty.cut: money');
}

/** A draft in text form. */
export function draftOf(source: string): RuleSet {
  return expectAnswer(parseRuleSetText(source));
}

/** The draft of these tests. */
export const springDraft = draftOf(draftText(addedRule));

/** Shadow, 5 %, everybody: 20 runs each, and up to 50.00 may move. */
export const springTerms: RolloutTerms = {
  salt: 'spring',
  stages: [null, 5_000, 100_000].map((reach) => ({ reach, fewestRuns: 20 })),
  gate: { failuresPerMillion: 0, moved: [usd('50.00')] },
  startedBy: 'a test',
};

/** Records the rollout of these tests; its id. */
export async function startRollout(
  { db, program }: TestSystem,
  change: Partial<RolloutRequest> = {},
): Promise<string> {
  const request = { ...springTerms, draft: springDraft, ...change };
  return expectAnswer(await recordRuleRollout(db.app, program, request)).rolloutId;
}

/** Publishes a version of a rule set, as a colleague of whoever rolls out. */
export async function publish({ db }: TestSystem, content: Json): Promise<void> {
  const publication = { content, publishedBy: 'a colleague' };
  expectAnswer(await withTransaction(db.app, (tx) => publishRuleSet(tx, publication)));
}

/** So many redemptions, each by a household of its own. */
export function households(count: number, prefix = 'RED'): readonly Redemption[] {
  return manyRedemptions(count, { prefix }).map((one, index) => {
    return { ...one, userId: `household-${index}` };
  });
}

/** What the match of these tests comes to, in minor units, worked out without the rule engine. */
export function matchMinor({ userId, couponValueMinor }: Redemption, reach: number): bigint {
  const ceiling = springBucket(`user:${userId}`) < BigInt(reach) ? 200n : 100n;
  if (couponValueMinor <= 0n || couponValueMinor >= ceiling) return 0n;
  const rest = ceiling - couponValueMinor;
  return rest < couponValueMinor ? rest : couponValueMinor;
}

/** The bucket of a unit, from the published description of murmur3-32. */
export function springBucket(unit: string): bigint {
  return (murmur3(`spring:${unit}`) * 100_000n) >> 32n;
}

const mask = 0xffff_ffffn;

function rotate(word: bigint, by: bigint): bigint {
  return ((word << by) | (word >> (32n - by))) & mask;
}

function murmur3(ofText: string): bigint {
  const bytes = new TextEncoder().encode(ofText);
  const word = (from: number, count: number): bigint =>
    Array.from(
      { length: count },
      (_, at) => BigInt(bytes[from + at] ?? 0) << BigInt(8 * at),
    ).reduce((sum, part) => sum | part, 0n);
  const scramble = (k: bigint): bigint =>
    (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0n;
  for (let at = 0; at < whole; at += 4) {
    hash = (rotate(hash ^ scramble(word(at, 4)), 13n) * 5n + 0xe6546b64n) & mask;
  }
  hash ^= scramble(word(whole, bytes.length - whole)) ^ BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask;
  return hash ^ (hash >> 16n);
}
