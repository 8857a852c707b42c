import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { limits } from '../language/limits.ts';

/** What the parser says is wrong, and where. */
export interface CelFault {
  readonly offset: number;
  readonly message: string;
}

const environment = new Environment({
  limits: {
    maxAstNodes: 10_000_000,
    maxDepth: 4 * limits.depth,
    maxListElements: Math.max(limits.rules, limits.listItems),
    maxMapEntries: limits.facts,
    maxCallArguments: limits.nodesPerRule,
  },
});

/** Parses a text by the CEL grammar, without evaluating anything. */
export function parseCel(text: string): ASTNode | CelFault {
  try {
    return environment.parse(text).ast;
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown;
    return { offset: thrown.range?.start ?? 0, message: lowerFirst(thrown.summary) };
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
