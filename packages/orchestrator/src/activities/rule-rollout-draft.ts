import { refuse, type Refusal } from '@sluice/money';
import { compileLayers, lintRules, withReach, type RuleSet } from '@sluice/rule-engine';
import { redemptionFacts, rolloutUnit } from './price-redemption.ts';
import { isOurs, type RuleBookParts } from './rule-book.ts';
import { addedRules, hasRollout, unguardedRules } from './rule-rollout-guard.ts';

/** A draft of a rule set beside what is in force. */
export interface RolloutDraft {
  readonly draft: RuleSet;
  readonly salt: string;
  /** How far its last stage reaches, in buckets of 100,000. */
  readonly lastReach: number;
  /** The version in force of the draft's set. */
  readonly base: RuleSet;
  /** The other sets in force that the server decides by. */
  readonly others: readonly RuleSet[];
}

type Check = (draft: RolloutDraft, parts: RuleBookParts) => Refusal | null;

/**
 * Says why a draft cannot be rolled out, before anybody is reached by it.
 *
 * @returns `ROLLOUT_NOT_IN_DRAFT`, `ROLLOUT_SCOPE_DIFFERS`, `ROLLOUT_SALT_IN_FORCE`,
 *   `ROLLOUT_NOT_DECIDED_HERE`, `ROLLOUT_FACT_UNKNOWN`, `ROLLOUT_UNGUARDED` or
 *   `ROLLOUT_UNREACHABLE`; null when nothing is wrong with it.
 */
export function refuseDraft(draft: RolloutDraft, parts: RuleBookParts): Refusal | null {
  for (const check of checks) {
    const refusal = check(draft, parts);
    if (refusal !== null) return refusal;
  }
  return null;
}

const notInDraft: Check = ({ draft, salt }) => {
  if (draft.rules.some((rule) => hasRollout(rule, salt))) return null;
  const guard = `rollout(${rolloutUnit}, "murmur3-32-100000", "${salt}", 0, 0) && ...`;
  return refuse(
    'ROLLOUT_NOT_IN_DRAFT',
    `no rule of the draft of "${draft.id}" has a rollout of "${salt}": begin the condition of ` +
      `each rule that it adds with ${guard}, and declare ${rolloutUnit}: text among its facts`,
    { ruleSetId: draft.id, salt },
  );
};

const scopeDiffers: Check = ({ draft, base }) => {
  const { level, id } = base.scope;
  if (draft.scope.level === level && draft.scope.id === id) return null;
  const whose = id === null ? level : `${level} "${id}"`;
  return refuse(
    'ROLLOUT_SCOPE_DIFFERS',
    `rule set "${draft.id}" is for the ${whose}: give its draft the same scope`,
    { ruleSetId: draft.id, level, id },
  );
};

const saltInForce: Check = ({ draft, salt, base }) => {
  if (!base.rules.some((rule) => hasRollout(rule, salt))) return null;
  return refuse(
    'ROLLOUT_SALT_IN_FORCE',
    `v${base.version} of "${draft.id}" has a rollout of "${salt}" already, whose reach would ` +
      'shrink: take another salt, and leave out the old rollout where it reaches all',
    { ruleSetId: draft.id, salt, version: base.version },
  );
};

const notDecidedHere: Check = ({ draft, salt }, { institution, discounts }) => {
  const { level, id } = draft.scope;
  const isRight = isOurs({ layer: level, scopeId: id }, { institution });
  const businesses = discounts.map(({ business }) => business);
  const changes = draft.rules.filter((rule) => hasRollout(rule, salt));
  const missed = changes.find(({ business }) => !businesses.includes(business));
  if (isRight && missed === undefined) return null;
  const what = isRight ? `"${missed?.business}"` : `rules for one ${level}`;
  return refuse(
    'ROLLOUT_NOT_DECIDED_HERE',
    `the draft of "${draft.id}" changes ${what}, which no redemption is decided by here: no run ` +
      `could be counted. Decided are ${businesses.join(', ')} for all and for ${institution}`,
    { ruleSetId: draft.id, level, business: missed?.business ?? null },
  );
};

const factUnknown: Check = ({ draft }, { discounts }) => {
  const asked = discounts.flatMap(({ business }) => compileLayers([draft], business).factNames);
  const unknown = [...new Set(asked)].filter((name) => {
    return redemptionFacts[name] !== draft.facts.get(name)?.kind;
  });
  if (unknown.length === 0) return null;
  const known = Object.entries(redemptionFacts).map(([name, kind]) => `${name}: ${kind}`);
  return refuse(
    'ROLLOUT_FACT_UNKNOWN',
    `the draft of "${draft.id}" asks for ${unknown.join(', ')}, which a redemption has not: ` +
      `it has ${known.join(', ')}`,
    { ruleSetId: draft.id, facts: unknown },
  );
};

const unguarded: Check = ({ draft, salt, base, others }) => {
  const rules = unguardedRules(draft, base, salt);
  const elsewhere = new Set(others.flatMap((set) => set.rules.map(({ id }) => id)));
  const silencing = addedRules(draft, base).filter(({ id }) => elsewhere.has(id));
  const named = [...new Set([...rules, ...silencing.map(({ id }) => id)])];
  if (named.length === 0) return null;
  return refuse(
    'ROLLOUT_UNGUARDED',
    `the draft of "${draft.id}" changes ${named.join(', ')} for all at once: keep each rule of ` +
      `v${base.version} as it is and where it is, and add rules, under ids of their own, whose ` +
      `conditions begin with the rollout of "${salt}"`,
    { ruleSetId: draft.id, salt, rules: named },
  );
};

const fatal: readonly string[] = ['ALWAYS_FALSE', 'SHADOWED', 'UNREACHABLE'];

const unreachable: Check = ({ draft, salt, lastReach, base, others }) => {
  const reached = withReach(draft, { salt, to: lastReach, version: base.version + 1 });
  const changes = draft.rules.filter((rule) => hasRollout(rule, salt));
  const findings = lintRules([...others, reached]).findings.filter(
    ({ business, rule, code }) =>
      fatal.includes(code) &&
      rule.ruleSetId === draft.id &&
      changes.some((change) => change.id === rule.id && change.business === business),
  );
  if (findings.length === 0) return null;
  const told = findings.map(({ rule, code, message }) => `${code} ${rule.id}: ${message}`);
  return refuse(
    'ROLLOUT_UNREACHABLE',
    `the draft of "${draft.id}" would change nothing: ${told.join('; ')}`,
    { ruleSetId: draft.id, findings: told },
  );
};

const checks: readonly Check[] = [
  ...[notInDraft, scopeDiffers, saltInForce, notDecidedHere],
  ...[factUnknown, unguarded, unreachable],
];
