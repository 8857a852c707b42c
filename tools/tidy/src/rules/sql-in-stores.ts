import { codeOf, isTestCode, lineOf, literalText, type Code } from '../code.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const home = /\/src\/store\/|^packages\/database\/|^tools\//;
const read = String.raw`select\b[\s\S]*\bfrom\b`;
const write = String.raw`insert\s+into\b|update\s+\S[\s\S]*\bset\b|delete\s+from\b`;
const statement = new RegExp(
  String.raw`^\s*(with\s+\w[\s\S]*\bas\s+(materialized\s+)?\(\s*)?(${read}|${write})`,
  'i',
);

/** Who reads and writes a table is found in one folder. */
export const sqlInStores: Rule = {
  title: 'SQL stands in src/store and packages/database, in tests and in tools',
  check: (repository) =>
    codeOf(repository)
      .filter(({ file: { path } }) => !home.test(path) && !isTestCode(path))
      .flatMap(sqlIn),
};

function sqlIn(code: Code): readonly Violation[] {
  return code.nodes
    .filter((node) => statement.test(literalText(node) ?? ''))
    .map((node) => ({
      path: code.file.path,
      line: lineOf(code, node),
      message: 'holds SQL: move it to a function in src/store of the package that owns the table',
    }));
}
