export {
  createRuleInterface,
  type RuleInterface,
  type RuleInterfaceParts,
} from './interface/rule-interface.ts';
export type { FactProvider, FactProviders, RunRequest } from './interface/fact-provider.ts';
export type {
  Expression,
  FactReference,
  Literal,
  Operation,
  Operator,
} from './language/expression.ts';
export { limits } from './language/limits.ts';
export { parseValue, valueToJson } from './language/literal.ts';
export { parseRuleSet } from './language/parse-rule-set.ts';
export type { FactSchema, Layer, Rule, RuleSet, Scope, Then } from './language/rule-set.ts';
export { layers } from './language/rule-set.ts';
export type { ScalarType, ValueType } from './language/value-type.ts';
export {
  boolValue,
  decimalValue,
  integerValue,
  listValue,
  moneyOf,
  moneyValue,
  textValue,
  valueText,
  type Value,
} from './language/value.ts';
export type { InstalledRules, InstalledSet } from './management/installed-sets.ts';
export { RuleManagement } from './management/rule-management.ts';
export type { RuleSource, Terminal } from './management/terminal.ts';
export {
  compileLayers,
  compileRules,
  type CompiledRules,
  type RuleReference,
} from './runtime/compile-rules.ts';
export { decide, decideNow } from './runtime/decide.ts';
export type { Decision, DecisionRecord, UnknownRule } from './runtime/decision.ts';
export { explain } from './runtime/explain.ts';
export type { TraceLine } from './runtime/trace.ts';
export type { Unknown, UnknownCode } from './runtime/unknown.ts';
