import { posix } from 'node:path';
import type { Repository, RepositoryFile } from './repository.ts';

/** What a run of lines is. */
export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'fence';

/** Lines that belong together; a code block keeps its fences. */
export interface Block {
  readonly kind: BlockKind;
  /** The first line, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
  /** What a code block says it holds, such as `ts`; empty for all else. */
  readonly language: string;
}

/** A heading's words and depth. */
export interface Heading {
  readonly text: string;
  readonly depth: number;
  readonly line: number;
}

const fencePattern = /^\s*(`{3,}|~{3,})\s*(\w*)/;
const headingPattern = /^(#{1,6})\s+(.*?)\s*#*$/;

/** The markdown files of a repository. */
export function markdownOf(repository: Repository): readonly RepositoryFile[] {
  return repository.files.filter(({ path }) => posix.extname(path) === '.md');
}

/** Cuts a text into its blocks: blank lines, headings and code fences part them. */
export function blocksOf({ lines }: RepositoryFile): readonly Block[] {
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length;) {
    const length = blockLength(lines, index);
    const own = lines.slice(index, index + length);
    if (own.some((line) => line.trim() !== '')) blocks.push(blockOf(own, index + 1));
    index += length;
  }
  return blocks;
}

function blockLength(lines: readonly string[], start: number): number {
  const first = lines[start] ?? '';
  const fence = fencePattern.exec(first)?.[1];
  if (fence !== undefined) {
    const end = lines.findIndex((line, at) => at > start && line.trim().startsWith(fence));
    return (end === -1 ? lines.length : end + 1) - start;
  }
  if (first.trim() === '' || headingPattern.test(first)) return 1;
  const end = lines.findIndex(
    (line, at) =>
      at > start && (line.trim() === '' || fencePattern.test(line) || headingPattern.test(line)),
  );
  return (end === -1 ? lines.length : end) - start;
}

function blockOf(lines: readonly string[], line: number): Block {
  const first = lines.find((each) => each.trim() !== '') ?? '';
  const fence = fencePattern.exec(first);
  if (fence !== null) return { kind: 'fence', line, lines, language: fence[2] ?? '' };
  return { kind: kindOf(first), line, lines, language: '' };
}

function kindOf(first: string): BlockKind {
  if (headingPattern.test(first)) return 'heading';
  if (/^\s*\|/.test(first)) return 'table';
  return /^\s*([-*+]|\d+[.)])\s/.test(first) ? 'list' : 'paragraph';
}

/** The headings of a text, in order. */
export function headingsOf(file: RepositoryFile): readonly Heading[] {
  return blocksOf(file)
    .filter(({ kind }) => kind === 'heading')
    .map(({ lines, line }) => {
      const [, marks = '', text = ''] = headingPattern.exec(lines[0] ?? '') ?? [];
      return { text, depth: marks.length, line };
    });
}

/** The anchors that a reader of the text can be sent to, made as GitHub makes them. */
export function anchorsOf(file: RepositoryFile): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const { text } of headingsOf(file)) {
    const slug = slugOf(text);
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** A line without what stands in code spans. */
export function withoutCodeSpans(line: string): string {
  return line.replace(/(`+)(?:(?!\1).)*\1/g, '');
}
