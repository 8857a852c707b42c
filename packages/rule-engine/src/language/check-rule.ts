import { checkExpression } from './check-expression.ts';
import { costOf } from './cost.ts';
import type { Expression } from './expression.ts';
import type { ReadSchema } from './fact-schema.ts';
import { limits } from './limits.ts';
import {
  addFault,
  found,
  isRecord,
  readRecord,
  readText,
  readVersion,
  type Faults,
  type JsonRecord,
} from './reader.ts';
import type { Rule, Then } from './rule-set.ts';
import { dateForm, nameForm, plainTextForm } from './text-forms.ts';
import { BOOL, typeName } from './value-type.ts';
import { TRUE } from './value.ts';

type Check = (json: unknown, path: string) => Expression | null;

const keys = ['id', 'version', 'business'];
const optional = ['effectiveFrom', 'effectiveTo', 'describe'];
const ruleKeys = { required: [...keys, 'when', 'then'], optional: [...optional, 'lock'] };
const disablingKeys = { required: [...keys, 'disable'], optional };
const HOLDS: Expression = { kind: 'literal', value: TRUE, type: BOOL };

/** Checks one rule; gives it when it has no fault. */
export function checkRule(
  faults: Faults,
  facts: ReadSchema,
  json: unknown,
  path: string,
): Rule | null {
  const before = faults.length;
  const disables = isRecord(json) && Object.hasOwn(json, 'disable');
  const record = readRecord(faults, json, path, disables ? disablingKeys : ruleKeys);
  if (record === null) return null;
  const id = readText(faults, record['id'], `${path}.id`, nameForm);
  const version = readVersion(faults, record['version'], `${path}.version`);
  const business = readText(faults, record['business'], `${path}.business`, nameForm);
  readTrue(faults, record['disable'], `${path}.disable`);
  const lock = readTrue(faults, record['lock'], `${path}.lock`);
  const said = disables ? DISABLED : checkSaid(faults, facts, record, path);
  const effectiveFrom = readText(
    faults,
    record['effectiveFrom'],
    `${path}.effectiveFrom`,
    dateForm,
  );
  const effectiveTo = readText(faults, record['effectiveTo'], `${path}.effectiveTo`, dateForm);
  const describe = readText(faults, record['describe'], `${path}.describe`, plainTextForm);
  if (effectiveFrom !== null && effectiveTo !== null && effectiveTo <= effectiveFrom) {
    const message = `expected a day after ${effectiveFrom}, found ${effectiveTo}`;
    addFault(faults, `${path}.effectiveTo`, message);
  }
  if (faults.length > before || id === null || version === null || business === null) return null;
  if (said === null) return null;
  const { when, then, steps } = said;
  // Every key written out: objects that are spread into others take twice the room.
  return { id, version, business, when, then, effectiveFrom, effectiveTo, lock, describe, steps };
}

type SaidByRule = Pick<Rule, 'when' | 'then' | 'steps'>;

const DISABLED: SaidByRule = { when: HOLDS, then: { outcome: 'disabled' }, steps: 1 };

function checkSaid(
  faults: Faults,
  facts: ReadSchema,
  record: JsonRecord,
  path: string,
): SaidByRule | null {
  const checking = { faults, facts, nodesLeft: limits.nodesPerRule };
  const check: Check = (part, at) => checkExpression(checking, part, at);
  const when = checkCondition(faults, record['when'], `${path}.when`, check);
  const then = checkThen(faults, record['then'], `${path}.then`, check);
  if (when === null || then === null) return null;
  const steps = costOf(when) + (then.outcome === 'applied' ? costOf(then.value) : 0);
  if (steps > limits.stepsPerRule) {
    const most = `at most ${limits.stepsPerRule} steps, found ${steps}: shorten its lists`;
    addFault(faults, path, `expected a rule of ${most}`);
  }
  return { when, then, steps };
}

function readTrue(faults: Faults, json: unknown, path: string): boolean {
  if (json === undefined || json === true) return json === true;
  addFault(faults, path, `expected true, or no such key, found ${found(json)}`);
  return false;
}

function checkCondition(
  faults: Faults,
  json: unknown,
  path: string,
  check: Check,
): Expression | null {
  if (json === undefined) return null;
  const when = check(json, path);
  if (when === null || when.type.kind === 'bool') return when;
  addFault(faults, path, `expected bool, found ${typeName(when.type)}`);
  return null;
}

function checkThen(faults: Faults, json: unknown, path: string, check: Check): Then | null {
  if (json === undefined) return null;
  const record = readRecord(faults, json, path, { required: ['outcome'], optional: ['value'] });
  const { outcome, value } = record ?? {};
  if (outcome === 'not-applied') {
    if (value === undefined) return { outcome };
    addFault(faults, `${path}.value`, 'a rule that is not applied gives no value: leave it out');
  } else if (outcome === 'applied') {
    if (value === undefined) addFault(faults, `${path}.value`, 'missing');
    const checked = value === undefined ? null : check(value, `${path}.value`);
    return checked === null ? null : { outcome, value: checked };
  } else if (outcome !== undefined) {
    const message = `expected "applied" or "not-applied", found ${found(outcome)}`;
    addFault(faults, `${path}.outcome`, message);
  }
  return null;
}
