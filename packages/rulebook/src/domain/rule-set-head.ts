import { refuse, type Refusal } from '@sluice/money';

/** Which version of which rule set. */
export interface RuleSetName {
  readonly setId: string;
  readonly version: number;
}

/** For whom a rule set is. */
export type RuleSetLayer = 'base' | 'institution' | 'user' | 'device';

/** What the rulebook reads of a rule set; all else in it is the rule engine's. */
export interface RuleSetHead extends RuleSetName {
  readonly layer: RuleSetLayer;
  /** Whose it is; null for the base, which is everyone's. */
  readonly scopeId: string | null;
}

const layers: readonly string[] = ['base', 'institution', 'user', 'device'];
const maxVersion = 2 ** 31 - 1;

/**
 * Reads name, version and scope of a rule set in the stored form.
 *
 * @returns them, or `RULE_SET_UNREADABLE` naming the field: whoever publishes parses it first.
 */
export function readRuleSetHead(content: unknown): RuleSetHead | Refusal {
  if (!isRecord(content)) return unreadable('the rule set', 'an object');
  const { id, version, scope, rules } = content;
  if (typeof id !== 'string' || id === '') return unreadable('id', 'a name');
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return unreadable('version', 'a whole number above 0');
  }
  if (version > maxVersion) return unreadable('version', `at most ${maxVersion}`);
  if (!Array.isArray(rules)) return unreadable('rules', 'a list');
  if (!isRecord(scope)) return unreadable('scope', 'an object');
  const { level, id: scopeId = null } = scope;
  if (typeof level !== 'string' || !layers.includes(level)) {
    return unreadable('scope.level', `one of ${layers.join(', ')}`);
  }
  const isBase = level === 'base';
  if (isBase !== (scopeId === null) || (!isBase && typeof scopeId !== 'string')) {
    return unreadable('scope.id', isBase ? 'absent: the base is for everyone' : 'whose it is');
  }
  return {
    ...{ setId: id, version, layer: level as RuleSetLayer },
    scopeId: scopeId as string | null,
  };
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function unreadable(field: string, expected: string): Refusal {
  return refuse('RULE_SET_UNREADABLE', `${field}: expected ${expected}`, { field, expected });
}
