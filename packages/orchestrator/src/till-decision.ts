import { refuse, type Refusal } from '@sluice/money';

/** What a till decided for one redemption, and by which rules. */
export interface TillDecision {
  /** The business day it decided for, `YYYY-MM-DD`. */
  readonly at: string;
  /** The till; null where no rule was for this till alone. */
  readonly device: string | null;
  /** Whom it counted in staged rollouts; null: the user. */
  readonly unit: string | null;
  /** Every rule set that it had, in the version that it had. */
  readonly ruleSets: readonly TillRuleSet[];
  /** By business, what was decided: the text that `decisionRecord` gives. */
  readonly records: ReadonlyMap<string, string>;
}

/** A rule set of a till by its name. */
export interface TillRuleSet {
  readonly id: string;
  readonly version: number;
}

/** What a till and the server decided for one business; null: nothing. */
export interface TillDifference {
  readonly business: string;
  readonly till: string | null;
  readonly server: string | null;
}

/** A decision of a till is no longer than this, in characters. */
export const maxTillDecisionLength = 8_192;

const maxRuleSets = 100;
const maxVersion = 2 ** 31 - 1;
const maxShown = 60;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const rulePattern = /^([A-Za-z0-9][A-Za-z0-9._:-]{0,99})@([1-9]\d{0,9})$/;
const businessPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
const textPattern = /^[^\p{Surrogate}\p{Control}]{1,1000}$/u;
const keys: readonly string[] = ['at', 'decisions', 'device', 'rules', 'unit'];

/**
 * The text of a till's decision as it travels with its redemption: canonical JSON (keys sorted, no
 * spaces), so that the same decision is the same bytes wherever it was made.
 */
export function tillDecisionText({ at, device, unit, ruleSets, records }: TillDecision): string {
  const decisions = [...records]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([business, record]) => `${JSON.stringify(business)}:${record}`);
  const rules = ruleSets.map(({ id, version }) => `${id}@${version}`).sort();
  return (
    `{"at":${JSON.stringify(at)},"decisions":{${decisions.join(',')}},` +
    `"device":${JSON.stringify(device)},"rules":${JSON.stringify(rules)},` +
    `"unit":${JSON.stringify(unit)}}`
  );
}

/**
 * Reads the text of a till's decision.
 *
 * @returns it, or `TILL_DECISION_INVALID` with every fault: too long, no JSON, a field that is
 *   missing, unknown or not as it must be, a rule set named twice, not in its canonical form.
 */
export function readTillDecision(text: string): TillDecision | Refusal {
  if (text.length > maxTillDecisionLength) {
    return invalid([`longer than ${maxTillDecisionLength} characters`]);
  }
  const json = parsed(text);
  if (!isRecord(json)) return invalid(['no JSON object']);
  const faults = [...faultsOf(json)];
  if (faults.length > 0) return invalid(faults);
  const { at, decisions, device, rules, unit } = json as unknown as Stored;
  const records = Object.entries(decisions).map(
    ([business, record]) => [business, JSON.stringify(record)] as const,
  );
  const ruleSets = rules.map(ruleSetOf);
  const decision = { at, device, unit, ruleSets, records: new Map(records) };
  if (tillDecisionText(decision) === text) return decision;
  return invalid(['not in canonical form: keys and rules sorted, no spaces, each key once']);
}

/** Where a till and the server decided otherwise, byte by byte; by business, in their order. */
export function differencesOf(
  till: TillDecision['records'],
  server: TillDecision['records'],
): readonly TillDifference[] {
  return [...new Set([...till.keys(), ...server.keys()])]
    .filter((business) => till.get(business) !== server.get(business))
    .sort()
    .map((business) => {
      const [ofTill = null, ofServer = null] = [till.get(business), server.get(business)];
      return { business, till: ofTill, server: ofServer };
    });
}

interface Stored {
  readonly at: string;
  readonly decisions: Readonly<Record<string, unknown>>;
  readonly device: string | null;
  readonly rules: readonly string[];
  readonly unit: string | null;
}

function* faultsOf(json: Readonly<Record<string, unknown>>): Generator<string> {
  const { at, decisions, device, rules, unit } = json;
  for (const key of Object.keys(json)) if (!keys.includes(key)) yield `unknown key ${shown(key)}`;
  if (typeof at !== 'string' || !dayPattern.test(at)) yield `at: expected a day, ${found(at)}`;
  for (const [key, value] of Object.entries({ device, unit })) {
    const isFine = value === null || (typeof value === 'string' && textPattern.test(value));
    if (!isFine) yield `${key}: expected a text of 1 to 1000 characters or null, ${found(value)}`;
  }
  if (isRecord(decisions)) {
    for (const [business, record] of Object.entries(decisions)) {
      if (!businessPattern.test(business)) yield `decisions: ${shown(business)} is no business`;
      if (!isRecord(record)) yield `decisions: expected an object each, ${found(record)}`;
    }
  } else yield `decisions: expected an object, ${found(decisions)}`;
  if (Array.isArray(rules)) yield* ruleFaults(rules);
  else yield `rules: expected a list, ${found(rules)}`;
}

function* ruleFaults(rules: readonly unknown[]): Generator<string> {
  if (rules.length > maxRuleSets) yield `rules: expected ${maxRuleSets} rule sets at most`;
  const ids = new Set<string>();
  for (const name of rules) {
    const { id, version } = ruleSetOf(name);
    if (!(version <= maxVersion)) {
      yield `rules: expected a rule set and its version such as discounts@1, ${found(name)}`;
    } else if (ids.has(id)) yield `rules: ${id} is there twice`;
    ids.add(id);
  }
}

/** The version is `NaN` where there is none. */
function ruleSetOf(name: unknown): TillRuleSet {
  const [, id = '', version = ''] = (typeof name === 'string' && rulePattern.exec(name)) || [];
  return { id, version: Number.parseInt(version, 10) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function found(value: unknown): string {
  return value === undefined ? 'found none' : `found ${shown(value)}`;
}

/** As JSON, which shows what no database could keep; cut, and no character of it in halves. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= maxShown ? text : `${text.slice(0, maxShown).toWellFormed()}…`;
}

function invalid(faults: readonly string[]): Refusal {
  return refuse(
    'TILL_DECISION_INVALID',
    `the till's decision cannot be read: ${faults.join('; ')}`,
    { faults },
  );
}
