import { headingsOf, markdownOf } from '../markdown.ts';
import type { RepositoryFile } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

/** A reader who lands in a file knows by its first line what it is. */
export const markdownTitles: Rule = {
  title: 'every markdown file begins with its one title',
  check: (repository) => markdownOf(repository).flatMap(mistitled),
};

function mistitled(file: RepositoryFile): readonly Violation[] {
  const [first, ...more] = headingsOf(file).filter(({ depth }) => depth === 1);
  const { path } = file;
  if (first?.line !== 1) {
    return [{ path, line: 1, message: 'does not begin with a title: write "# " and its name' }];
  }
  return more.map(({ line, text }) => ({
    path,
    line,
    message: `has a second title, "${text}": make it a section, "## "`,
  }));
}
