export { formatRuleSetText } from './format.ts';
export { parseExpressionText, parseRuleSetText } from './parse-text.ts';
export { printExpression } from './print-expression.ts';
export { printRuleSet } from './print-rule-set.ts';
export type { Place } from './source.ts';
