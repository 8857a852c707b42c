import { isRefusal, parseRate, roundingModes, type Rate } from '@sluice/money';
import { z } from 'zod';
import type { AmountExpression } from './amount-expression.ts';
import { ruleName } from './rule-name.ts';

/** How deep expressions may lie in one another: deeper ones cannot be read by people either. */
const maxDepth = 4;
/** What one expression may put together. */
const maxParts = 20;
/** No currency has more decimal places. */
const maxScale = 4;

const share = z
  .string({ error: 'must be a share as text, such as "0.025" for 2.5 %' })
  .max(20, { error: 'must have 20 characters at most' })
  .transform((text, context): Rate => {
    const rate = parseRate(text);
    if (!isRefusal(rate) && rate.gt(0) && rate.lte(1)) return rate;
    context.addIssue({
      code: 'custom',
      message: 'must be above 0 and at most 1, such as "0.025" for 2.5 %',
    });
    return z.NEVER;
  });

const rounding = z.strictObject({
  mode: z.enum(roundingModes),
  scale: z.union([z.literal('currency'), z.int().min(0).max(maxScale)], {
    error: `must be "currency" or a whole number from 0 to ${maxScale}`,
  }),
  stage: z.literal('line', { error: 'must be "line": each entry is rounded by itself' }),
});

const whatItIs =
  'must be the name of an amount such as "drawn", or one of the forms share, sum and difference';

/** An expression of a rule in JSON; each of its faults with its path. */
export const amountExpression: z.ZodType<AmountExpression> = expressionAt(1);

function expressionAt(depth: number): z.ZodType<AmountExpression> {
  return z.unknown().transform((json, context): AmountExpression => {
    const parsed = formOf(json, depth)?.safeParse(json);
    if (parsed === undefined) {
      const tooDeep = depth > maxDepth && typeof json === 'object';
      const message = tooDeep ? `must lie ${maxDepth} deep at most` : whatItIs;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    return z.NEVER;
  });
}

/** The form that a value says it has; undefined when it says none. */
function formOf(json: unknown, depth: number): z.ZodType<AmountExpression> | undefined {
  if (typeof json === 'string') return ruleName;
  if (typeof json !== 'object' || json === null || !('kind' in json)) return undefined;
  if (depth > maxDepth) return undefined;
  const operand = expressionAt(depth + 1);
  switch (json.kind) {
    case 'share':
      return z.strictObject({ kind: z.literal('share'), of: operand, rate: share, rounding });
    case 'sum':
      return z.strictObject({ kind: z.literal('sum'), of: z.array(operand).min(2).max(maxParts) });
    case 'difference':
      return z.strictObject({
        kind: z.literal('difference'),
        of: operand,
        less: z.array(operand).min(1).max(maxParts),
      });
    default:
      return undefined;
  }
}
