import type { AmountExpression } from './amount-expression.ts';

/** An expression as people write it: `drawn - 2.5 % of drawn`, `10 % of (drawn - fee)`. */
export function amountText(expression: AmountExpression): string {
  if (typeof expression === 'string') return expression;
  switch (expression.kind) {
    case 'share':
      return `${expression.rate.times(100).toFixed()} % of ${inBrackets(expression.of)}`;
    case 'sum':
      return expression.of.map(inBrackets).join(' + ');
    case 'difference':
      return [expression.of, ...expression.less].map(inBrackets).join(' - ');
  }
}

/** Sums and differences within another expression are bracketed; a share binds by itself. */
function inBrackets(expression: AmountExpression): string {
  const text = amountText(expression);
  return typeof expression === 'string' || expression.kind === 'share' ? text : `(${text})`;
}
