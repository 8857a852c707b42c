import { refuse, type Refusal } from '@sluice/money';
import { checkRule } from './check-rule.ts';
import { completeSchema, readFactSchema, type ReadSchema } from './fact-schema.ts';
import { limits } from './limits.ts';
import {
  addFault,
  faultText,
  found,
  isRecord,
  readRecord,
  readText,
  readVersion,
  type Faults,
} from './reader.ts';
import { layers, type Layer, type Rule, type RuleSet, type Scope } from './rule-set.ts';
import { nameForm, plainTextForm } from './text-forms.ts';

/**
 * Reads a rule set from its stored form: a typed JSON tree (the README has the language). Strict:
 * every name, type, currency, date and limit is checked against the declared facts, and a key that
 * the language does not know is a fault, so that a newer form is never half understood.
 *
 * @returns the set, or the refusal `RULE_SET_INVALID` whose `details.faults` lists every fault with
 *   its path, such as `rules[2].when.and[0].lt[1]: expected money, found decimal`.
 */
export function parseRuleSet(json: unknown): RuleSet | Refusal {
  const faults: Faults = [];
  return checkRuleSet(faults, json) ?? invalid(json, faults.map(faultText));
}

/** Reads a rule set from its stored form, or notes every fault and gives null. */
export function checkRuleSet(faults: Faults, json: unknown): RuleSet | null {
  const required = ['id', 'version', 'scope', 'facts', 'rules'];
  const record = readRecord(faults, json, '', { required });
  if (record === null) return null;
  const id = readText(faults, record['id'], 'id', nameForm);
  const version = readVersion(faults, record['version'], 'version');
  const scope = readScope(faults, record['scope']);
  const facts = readFactSchema(faults, record['facts']);
  const rules = readRules(faults, record['rules'], facts);
  if (faults.length > 0 || id === null || version === null || scope === null) {
    return null;
  }
  return Object.freeze({ id, version, scope, facts: completeSchema(facts), rules });
}

/** The refusal `RULE_SET_INVALID` with the faults as people read them. */
export function invalid(json: unknown, faults: readonly string[]): Refusal {
  const id = isRecord(json) && typeof json['id'] === 'string' ? json['id'] : null;
  const name = id === null ? 'the rule set' : `rule set "${id}"`;
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  const message = `${name} has ${count}, first: ${faults[0] ?? 'unreadable'}`;
  return refuse('RULE_SET_INVALID', message, { ruleSetId: id, faults });
}

function isLayer(json: unknown): json is Layer {
  return layers.some((layer) => layer === json);
}

function readScope(faults: Faults, json: unknown): Scope | null {
  if (json === undefined) return null;
  const record = readRecord(faults, json, 'scope', { required: ['level'], optional: ['id'] });
  if (record === null || !Object.hasOwn(record, 'level')) return null;
  const { level } = record;
  if (!isLayer(level)) {
    addFault(faults, 'scope.level', `expected ${layers.join(', ')}, found ${found(level)}`);
    return null;
  }
  const id = readText(faults, record['id'], 'scope.id', plainTextForm);
  if (level === 'base' && Object.hasOwn(record, 'id')) {
    addFault(faults, 'scope.id', 'the base is for everyone: leave the id out');
  }
  if (level !== 'base' && !Object.hasOwn(record, 'id')) addFault(faults, 'scope.id', 'missing');
  return { level, id };
}

function readRules(faults: Faults, json: unknown, facts: ReadSchema): readonly Rule[] {
  if (json === undefined) return [];
  if (!Array.isArray(json) || json.length > limits.rules) {
    const got = Array.isArray(json) ? String(json.length) : found(json);
    addFault(faults, 'rules', `expected a list of at most ${limits.rules} rules, found ${got}`);
    return [];
  }
  const read = json.map((rule, index) => checkRule(faults, facts, rule, `rules[${index}]`));
  checkTwins(faults, read);
  return read.filter((rule) => rule !== null);
}

interface Placed {
  readonly rule: Rule;
  readonly index: number;
}

/** Versions of one rule may stand side by side when no day belongs to two of them. */
function checkTwins(faults: Faults, rules: readonly (Rule | null)[]): void {
  const groups = new Map<string, Placed[]>();
  for (const [index, rule] of rules.entries()) {
    if (rule === null) continue;
    const key = JSON.stringify([rule.business, rule.id]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ rule, index }]);
    else group.push({ rule, index });
  }
  for (const group of groups.values()) {
    checkVersions(faults, group);
    checkPeriods(faults, group);
  }
}

function checkVersions(faults: Faults, twins: readonly Placed[]): void {
  const seen = new Map<number, number>();
  for (const { rule, index } of twins) {
    const first = seen.get(rule.version);
    const message = `"${rule.id}" v${rule.version} stands at rules[${first ?? index}] already`;
    if (first !== undefined) addFault(faults, `rules[${index}].version`, message);
    seen.set(rule.version, first ?? index);
  }
}

/** Sorted by their first day, two that overlap have neighbours between them that overlap. */
function checkPeriods(faults: Faults, twins: readonly Placed[]): void {
  const sorted = [...twins].sort((left, right) => (firstDay(left) < firstDay(right) ? -1 : 1));
  for (const [place, earlier] of sorted.entries()) {
    const later = sorted[place + 1];
    if (later === undefined) return;
    const { effectiveTo, id } = earlier.rule;
    if (effectiveTo !== null && effectiveTo <= firstDay(later)) continue;
    const message = `"${id}" is in effect on the same days at rules[${earlier.index}]`;
    addFault(faults, `rules[${later.index}]`, message);
  }
}

function firstDay({ rule }: Placed): string {
  return rule.effectiveFrom ?? '';
}
