import { codeOf, commentsOf } from '../code.ts';
import { blocksOf, markdownOf, withoutCodeSpans } from '../markdown.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const mark = /\b(TODO|FIXME|XXX)\b/;

/** A note to oneself is an issue that nobody will find. */
export const unfinished: Rule = {
  title: 'no comment and no page says TODO, FIXME or XXX',
  check: (repository) => [
    ...codeOf(repository).flatMap((code) =>
      commentsOf(code).flatMap(({ text, line }) => marks(code.file.path, text.split('\n'), line)),
    ),
    ...repository.files
      .filter(({ path }) => path.endsWith('.sql'))
      .flatMap(({ path, lines }) => marks(path, lines, 1)),
    ...markdownOf(repository).flatMap((file) =>
      blocksOf(file)
        .filter(({ kind }) => kind !== 'fence')
        .flatMap(({ lines, line }) => marks(file.path, lines.map(withoutCodeSpans), line)),
    ),
  ],
};

function marks(path: string, lines: readonly string[], first: number): readonly Violation[] {
  return lines.flatMap((text, index) => {
    const word = mark.exec(text)?.[1];
    if (word === undefined) return [];
    return [{ path, line: first + index, message: `says ${word}: do it, or open an issue` }];
  });
}
