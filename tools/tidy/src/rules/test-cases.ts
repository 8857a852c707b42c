import ts from 'typescript';
import { codeOf, lineOf, literalText, rootName, type Code } from '../code.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const cases = new Set(['test', 'it']);
const all = new Set(['test', 'it', 'describe', 'suite', 'bench']);
/** Of a table whose rows are the titles. */
const onlyPlaces = /^(%\w|\$[\w.]+|\s)+$/;
const selecting = new Set(['only', 'skip', 'todo', 'skipIf', 'runIf', 'fails']);

/** What is not run proves nothing, and a failed title must lead to one test. */
export const testCases: Rule = {
  title: 'every test runs, under a title of its own',
  check: (repository) =>
    codeOf(repository)
      .filter(({ file: { path } }) => /\.test\.[cm]?tsx?$/.test(path))
      .flatMap((code) => [...selected(code), ...repeated(code)]),
};

function fault(code: Code, node: ts.Node, message: string): Violation {
  return { path: code.file.path, line: lineOf(code, node), message };
}

/** `test.only(...)`, and `test('...', { only: true }, ...)`. */
function selected(code: Code): readonly Violation[] {
  return code.nodes.flatMap((node) => {
    const word = memberOf(node) ?? optionOf(node);
    if (word === undefined || !selecting.has(word)) return [];
    return [fault(code, node, `has ".${word}": every test runs, always`)];
  });
}

function memberOf(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  return all.has(rootName(node.expression) ?? '') ? node.name.text : undefined;
}

function optionOf(node: ts.Node): string | undefined {
  if (!ts.isPropertyAssignment(node) || !ts.isIdentifier(node.name)) return undefined;
  const call = node.parent.parent;
  return ts.isCallExpression(call) && all.has(rootName(call.expression) ?? '')
    ? node.name.text
    : undefined;
}

function repeated(code: Code): readonly Violation[] {
  const titles = new Set<string>();
  return code.nodes.flatMap((node) => {
    const title = titleOf(node);
    if (title === undefined) return [];
    if (titles.has(title))
      return [fault(code, node, `repeats the title "${title}": say how it differs`)];
    titles.add(title);
    return [];
  });
}

function titleOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !cases.has(rootName(node.expression) ?? '')) return undefined;
  const [first] = node.arguments;
  const title = first === undefined ? undefined : literalText(first);
  return title === undefined || onlyPlaces.test(title) ? undefined : title;
}
