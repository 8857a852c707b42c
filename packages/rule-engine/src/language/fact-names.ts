import type { Expression } from './expression.ts';

/** The names of the facts of an expression as they are written; one that is read twice twice. */
export function factNamesOf(node: Expression): readonly string[] {
  if (node.kind === 'fact') return [node.name];
  return node.kind === 'literal' ? [] : node.args.flatMap(factNamesOf);
}
