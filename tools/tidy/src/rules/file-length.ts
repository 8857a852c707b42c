import type { Rule } from '../rule.ts';

const maxLines = 400;
const source = /\.([cm]?[jt]sx?|sql)$/;

/** A file past 400 lines holds more than one concept. */
export const fileLength: Rule = {
  title: `a source file has at most ${maxLines} lines`,
  check: ({ files }) =>
    files
      .filter(({ path, lines }) => source.test(path) && lines.length > maxLines)
      .map(({ path, lines }) => ({
        path,
        line: maxLines + 1,
        message: `has ${lines.length} lines: split it, one concept per file`,
      })),
};
