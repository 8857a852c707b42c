import ts from 'typescript';
import { codeOf, lineOf } from '../code.ts';
import type { Rule } from '../rule.ts';

/** What is told goes through the logger, or to the stream that the app writes to. */
export const consoleUse: Rule = {
  title: 'no source writes to the console',
  check: (repository) =>
    codeOf(repository)
      .filter(({ file }) => /(^|\/)src\//.test(file.path))
      .flatMap((code) =>
        code.nodes
          .filter((node) => ts.isPropertyAccessExpression(node) && isConsole(node.expression))
          .map((node) => ({
            path: code.file.path,
            line: lineOf(code, node),
            message: 'uses the console: log by pino, or write to a stream that is passed in',
          })),
      ),
};

function isConsole(node: ts.Node): boolean {
  return ts.isIdentifier(node) && node.text === 'console';
}
