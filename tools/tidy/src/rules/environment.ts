import ts from 'typescript';
import { codeOf, isTestCode, lineOf } from '../code.ts';
import type { Rule } from '../rule.ts';

const allowed = /^apps\/[^/]+\/src\/config\.ts$|^packages\/[^/]+\/src\/testing\/|^(tools|test)\//;

/** Configuration is parsed once, in one file per app; all else takes it as an argument. */
export const environment: Rule = {
  title: 'the environment is read in src/config.ts of an app and nowhere else',
  check: (repository) =>
    codeOf(repository)
      .filter(({ file: { path } }) => !allowed.test(path) && !isAppTest(path))
      .flatMap((code) =>
        code.nodes.filter(readsEnvironment).map((node) => ({
          path: code.file.path,
          line: lineOf(code, node),
          message: 'reads process.env: let src/config.ts of the app read it, and take the value',
        })),
      ),
};

/** Tests of an app start it as a process, with an environment. */
function isAppTest(path: string): boolean {
  return path.startsWith('apps/') && isTestCode(path);
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return node.name.text === 'env' && isProcess(node.expression);
  }
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression);
  if (ts.isImportDeclaration(node)) {
    const { moduleSpecifier: module } = node;
    return ts.isStringLiteral(module) && /^(node:)?process$/.test(module.text);
  }
  return ts.isVariableDeclaration(node) && isProcess(node.initializer);
}

function isProcess(node: ts.Node | undefined): boolean {
  return node !== undefined && ts.isIdentifier(node) && node.text === 'process';
}
