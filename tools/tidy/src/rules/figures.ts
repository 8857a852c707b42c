import { blocksOf, markdownOf, withoutCodeSpans, type Block } from '../markdown.ts';
import type { RepositoryFile } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const number = String.raw`(?<![\w.])\d[\d.,]*\s?`;
const rate = String.raw`(?:[A-Za-z-]+\s?){0,3}(?:\/|per )(?:s|sec|second|min|minute|h|hour)\b`;
const duration = String.raw`(?:ns|us|µs|μs|ms|s|seconds?)\b`;
const figure = new RegExp(`${number}(?:${rate}|${duration})`, 'u');
const command = /`(?:\$ )?npm (?:run \S|start|test)[^`]*`/;
const commandLine = /^\s*(?:\$ )?npm (?:run \S|start|test)/;
/** Program text states no measurement; output and shell sessions do. */
const programs = new Set(['ts', 'js', 'mjs', 'json', 'sql', 'yaml', 'csv']);

/**
 * A measured figure is worth as much as the command that gives it again. It stands in the paragraph
 * of its figures; for a table, a list or a code block, the paragraph before or after it will do.
 * What is set, not measured, such as a time-out, stands in a code span.
 */
export const figures: Rule = {
  title: 'every speed or time in markdown stands with the npm command that measured it',
  check: (repository) => markdownOf(repository).flatMap(unmeasured),
};

function unmeasured(file: RepositoryFile): readonly Violation[] {
  const blocks = blocksOf(file);
  return blocks.flatMap((block, index) => {
    const found = block.lines.findIndex((line) => figure.test(statedIn(block, line)));
    if (found === -1 || companions(blocks, index).some(namesCommand)) return [];
    const [text = ''] = figure.exec(statedIn(block, block.lines[found] ?? '')) ?? [];
    const message =
      `states "${text.trim()}" without the command that measured it: name it, ` +
      'as in `npm run bench`, or put a value that is set into a code span';
    return [{ path: file.path, line: block.line + found, message }];
  });
}

function statedIn({ kind, language }: Block, line: string): string {
  if (kind === 'fence') return programs.has(language) ? '' : line;
  return withoutCodeSpans(line);
}

function namesCommand({ kind, lines }: Block): boolean {
  return lines.some((line) => (kind === 'fence' ? commandLine : command).test(line));
}

/** The block itself and, unless it is a paragraph, the paragraphs around it. */
function companions(blocks: readonly Block[], index: number): readonly Block[] {
  const own = blocks[index];
  if (own === undefined) return [];
  if (own.kind === 'paragraph' || own.kind === 'heading') return [own];
  const before = blocks
    .slice(0, index)
    .findLast(({ kind }) => kind === 'paragraph' || kind === 'heading');
  const after = blocks[index + 1];
  return [own, before, after].filter(
    (block) => block !== undefined && (block === own || block.kind === 'paragraph'),
  ) as readonly Block[];
}
