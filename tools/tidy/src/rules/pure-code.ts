import ts from 'typescript';
import { codeOf, isTestCode, lineOf } from '../code.ts';
import { projectAt, projectsOf, typeOf } from '../projects.ts';
import type { Rule } from '../rule.ts';

const pureFolders = /^packages\/[^/]+\/src\/domain\/|^packages\/orchestrator\/src\/workflows\//;
const impure = new Set(['Date.now', 'Math.random', 'performance.now']);

/** Pure code gives the same answer in a test, in a replay and on a till. */
export const pureCode: Rule = {
  title: 'pure code has no clock and no randomness',
  check(repository) {
    const projects = projectsOf(repository);
    const isPure = (path: string): boolean => {
      const project = projectAt(projects, path);
      return pureFolders.test(path) || (project !== undefined && typeOf(project) === 'pure');
    };
    return codeOf(repository)
      .filter(({ file: { path } }) => isPure(path) && !isTestCode(path))
      .flatMap((code) =>
        code.nodes.flatMap((node) => {
          const name = impurityOf(node);
          if (name === undefined) return [];
          const message = `uses ${name}: take the time, the id or the number as an argument`;
          return [{ path: code.file.path, line: lineOf(code, node), message }];
        }),
      );
  },
};

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.getText().replace(/^globalThis\./, '');
    return impure.has(name) ? name : undefined;
  }
  const isDate =
    (ts.isNewExpression(node) && (node.arguments?.length ?? 0) === 0) || ts.isCallExpression(node);
  if (!isDate || node.expression.getText() !== 'Date') return undefined;
  return ts.isNewExpression(node) ? 'new Date()' : 'Date()';
}
