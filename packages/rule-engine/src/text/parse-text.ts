import { refuse, type Refusal } from '@sluice/money';
import { checkExpression } from '../language/check-expression.ts';
import type { Expression } from '../language/expression.ts';
import { limits } from '../language/limits.ts';
import { checkRuleSet } from '../language/parse-rule-set.ts';
import type { Faults } from '../language/reader.ts';
import type { FactSchema, RuleSet } from '../language/rule-set.ts';
import { expressionJson } from './expression-to-json.ts';
import { parseCel } from './parse-cel.ts';
import { ruleSetJson } from './rule-set-to-json.ts';
import { textFaultLine, type TextFault } from './source.ts';
import { Translation } from './translation.ts';

/**
 * Reads a rule set from its text form (docs/text-form.md): one map of CEL, whose rules have
 * conditions and values as CEL expressions. It is turned into the stored form and checked there, so
 * that both forms are held to the very same rules.
 *
 * @returns the set, or the refusal `RULE_TEXT_INVALID` whose `details.faults` lists every fault
 *   with its place, such as `line 12, column 9: expected money USD, found decimal`.
 */
export function parseRuleSetText(text: string): RuleSet | Refusal {
  return readRuleSet(new Translation(text));
}

/** {@link parseRuleSetText}, with a translation that the caller keeps. */
export function readRuleSet(translation: Translation): RuleSet | Refusal {
  const { text } = translation.source;
  const ast = parseCel(text);
  if (!('op' in ast)) return refused([{ ...translation.source.placeOf(ast.offset), ...ast }]);
  const json = ruleSetJson(translation, ast);
  if (translation.faults.length > 0) return refused(translation.faults);
  const faults: Faults = [];
  const ruleSet = checkRuleSet(faults, json);
  return ruleSet ?? refused(faults.map((fault) => translation.located(fault)));
}

/**
 * Reads one expression from its text form, over declared facts.
 *
 * @returns the checked tree, or the refusal `RULE_TEXT_INVALID`.
 */
export function parseExpressionText(text: string, facts: FactSchema): Expression | Refusal {
  const translation = new Translation(text);
  const ast = parseCel(text);
  if (!('op' in ast)) return refused([{ ...translation.source.placeOf(ast.offset), ...ast }]);
  const json = expressionJson(translation, ast, '');
  if (translation.faults.length > 0) return refused(translation.faults);
  const faults: Faults = [];
  const checking = { faults, facts, nodesLeft: limits.nodesPerRule };
  const expression = checkExpression(checking, json, '');
  return expression ?? refused(faults.map((fault) => translation.located(fault)));
}

function refused(found: readonly TextFault[]): Refusal {
  const faults = found.map(textFaultLine);
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  const message = `the rules have ${count}, first: ${faults[0] ?? 'unreadable'}`;
  return refuse('RULE_TEXT_INVALID', message, { faults });
}
