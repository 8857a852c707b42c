import type { Expression } from './expression.ts';
import { limits } from './limits.ts';

/**
 * The most steps that asking an expression once can take: one per node, and one per item of each
 * list that is read through. Known when a set is loaded, so that no rule can hold up a till.
 */
export function costOf(node: Expression): number {
  if (node.kind !== 'operation') return 1 + listLength(node);
  const own = node.op === 'in' ? 1 + listLength(node.args[1]) : 1;
  return node.args.reduce((cost, arg) => cost + costOf(arg), own);
}

/** A list written in the rule is as long as it is; one that is a fact may be the longest. */
function listLength(node: Expression | undefined): number {
  if (node?.type.kind !== 'list') return 0;
  if (node.kind === 'literal') return node.value.kind === 'list' ? node.value.items.length : 0;
  return limits.listItems;
}
