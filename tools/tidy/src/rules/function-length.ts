import ts from 'typescript';
import { codeOf, lineOf, rootName, tokensOf, type Code } from '../code.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const maxLines = 70;

/**
 * ESLint says the same of sources but not of tests. Here the tests count too; only the function
 * that `describe` takes is as long as what it describes.
 */
export const functionLength: Rule = {
  title: `a function has at most ${maxLines} lines of code, tests included`,
  check: (repository) => codeOf(repository).flatMap(longFunctions),
};

function longFunctions(code: Code): readonly Violation[] {
  // A file that is short enough has no function that is too long.
  if (code.file.lines.length <= maxLines) return [];
  const written = linesWithCode(code);
  return code.nodes.flatMap((node) => {
    if (!hasBody(node) || isDescribed(node)) return [];
    const first = lineOf(code, node);
    const last = code.tree.getLineAndCharacterOfPosition(node.end).line + 1;
    const length = written.slice(first, last + 1).filter(Boolean).length;
    if (length <= maxLines) return [];
    const message = `a function of ${length} lines: give its steps functions of their own`;
    return [{ path: code.file.path, line: first, message }];
  });
}

/** For each line, by its number from 1, whether it holds more than blanks and comments. */
function linesWithCode(code: Code): readonly boolean[] {
  const written: boolean[] = [];
  for (const token of tokensOf(code)) {
    const first = lineOf(code, token);
    const last = code.tree.getLineAndCharacterOfPosition(token.end).line + 1;
    for (let line = first; line <= last; line += 1) {
      written[line] = code.file.lines[line - 1]?.trim() !== '';
    }
  }
  return Array.from({ length: code.file.lines.length + 1 }, (_, line) => written[line] === true);
}

function hasBody(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function isDescribed({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && rootName(parent.expression) === 'describe';
}
