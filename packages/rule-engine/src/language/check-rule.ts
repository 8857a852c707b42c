import { checkExpression } from './check-expression.ts';
import type { Expression } from './expression.ts';
import type { ReadSchema } from './fact-schema.ts';
import { limits } from './limits.ts';
import { addFault, found, readRecord, readText, readVersion, type Faults } from './reader.ts';
import type { Rule, Then } from './rule-set.ts';
import { dateForm, nameForm, plainTextForm } from './text-forms.ts';
import { typeName } from './value-type.ts';

type Check = (json: unknown, path: string) => Expression | null;

const ruleKeys = {
  required: ['id', 'version', 'business', 'when', 'then'],
  optional: ['effectiveFrom', 'effectiveTo', 'describe'],
};

/** Checks one rule; gives it when it has no fault. */
export function checkRule(
  faults: Faults,
  facts: ReadSchema,
  json: unknown,
  path: string,
): Rule | null {
  const before = faults.length;
  const record = readRecord(faults, json, path, ruleKeys);
  if (record === null) return null;
  const checking = { faults, facts, nodesLeft: limits.nodesPerRule };
  const check: Check = (part, at) => checkExpression(checking, part, at);
  const id = readText(faults, record['id'], `${path}.id`, nameForm);
  const version = readVersion(faults, record['version'], `${path}.version`);
  const business = readText(faults, record['business'], `${path}.business`, nameForm);
  const when = checkCondition(faults, record['when'], `${path}.when`, check);
  const then = checkThen(faults, record['then'], `${path}.then`, check);
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
  if (when === null || then === null) return null;
  return { id, version, business, when, then, effectiveFrom, effectiveTo, describe };
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
