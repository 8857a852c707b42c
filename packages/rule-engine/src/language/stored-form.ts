import type { Expression, Operation } from './expression.ts';
import { argumentForms } from './expression.ts';
import { valueToJson } from './literal.ts';
import type { JsonRecord } from './reader.ts';
import type { Rule, RuleSet } from './rule-set.ts';
import type { ValueType } from './value-type.ts';

/** A checked tree in the stored form. */
export function expressionToJson(node: Expression): JsonRecord {
  switch (node.kind) {
    case 'literal':
      return valueToJson(node.value);
    case 'fact':
      return { fact: node.name };
    case 'operation':
      return { [node.op]: bodyOf(node) };
  }
}

function bodyOf({ op, args, rounding, bucketing }: Operation): unknown {
  const parts = args.map(expressionToJson);
  const form = argumentForms[op];
  if (form.form === 'one') return parts[0];
  if (form.form === 'list') return parts;
  const named = Object.fromEntries(form.keys.map((key, index) => [key, parts[index]]));
  return { ...named, ...(rounding === null ? {} : { rounding }), ...bucketing };
}

/** A type in the stored form: `"text"`, `{"money": "USD"}`, `{"list": "text"}`. */
export function typeToJson(type: ValueType): unknown {
  if (type.kind === 'list') return { list: typeToJson(type.of) };
  return type.kind === 'money' && type.currency !== null ? { money: type.currency } : type.kind;
}

/** A rule in the stored form. */
export function ruleToJson(rule: Rule): JsonRecord {
  const { id, version, business, describe, lock, effectiveFrom, effectiveTo, then } = rule;
  const said = {
    ...(then.outcome === 'disabled' ? { disable: true } : { when: expressionToJson(rule.when) }),
    ...(then.outcome === 'not-applied' ? { then: { outcome: then.outcome } } : {}),
    ...(then.outcome === 'applied'
      ? { then: { outcome: then.outcome, value: expressionToJson(then.value) } }
      : {}),
  };
  return {
    ...{ id, version, business },
    ...(describe === null ? {} : { describe }),
    ...(effectiveFrom === null ? {} : { effectiveFrom }),
    ...(effectiveTo === null ? {} : { effectiveTo }),
    ...(lock ? { lock } : {}),
    ...said,
  };
}

/** A rule set in the stored form; `parseRuleSet` reads it back. */
export function ruleSetToJson({ id, version, scope, facts, rules }: RuleSet): JsonRecord {
  return {
    ...{ id, version },
    scope: scope.id === null ? { level: scope.level } : { level: scope.level, id: scope.id },
    facts: Object.fromEntries([...facts].map(([name, type]) => [name, typeToJson(type)])),
    rules: rules.map(ruleToJson),
  };
}
