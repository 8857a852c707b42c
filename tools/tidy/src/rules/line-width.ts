import { blocksOf } from '../markdown.ts';
import type { RepositoryFile } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const maxColumns = 100;
const measured = /\.([cm]?[jt]sx?|sql|md)$/;
const address = /https?:\/\/[^\s)>'"`]+/g;

/** Two files stand side by side on one screen. What cannot be broken, tables and URLs, may pass. */
export const lineWidth: Rule = {
  title: `a line has at most ${maxColumns} columns, tables and URLs apart`,
  check: ({ files }) => files.filter(({ path }) => measured.test(path)).flatMap(wideLines),
};

function wideLines(file: RepositoryFile): readonly Violation[] {
  const tables = tableLines(file);
  return file.lines.flatMap((text, index) => {
    const line = index + 1;
    const columns = [...text].length;
    const breakable = columns > maxColumns && [...text.replace(address, '')].length > maxColumns;
    if (!breakable || tables.has(line)) return [];
    return [{ path: file.path, line, message: `has ${columns} columns: break it` }];
  });
}

function tableLines(file: RepositoryFile): ReadonlySet<number> {
  if (!file.path.endsWith('.md')) return new Set();
  const tables = blocksOf(file).filter(({ kind }) => kind === 'table');
  return new Set(tables.flatMap(({ line, lines }) => lines.map((_, index) => line + index)));
}
