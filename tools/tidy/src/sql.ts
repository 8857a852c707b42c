import { lineAt } from './repository.ts';

/** One statement of a migration, and the line, from 1, that it begins on. */
export interface Statement {
  /** Lower case, one blank between words, without comments and without what is quoted. */
  readonly text: string;
  readonly line: number;
}

const comment = String.raw`--[^\n]*|\/\*[\s\S]*?\*\/`;
const quoted = String.raw`'(?:[^']|'')*'`;
const body = String.raw`\$(\w*)\$[\s\S]*?\$\1\$`;
const silent = new RegExp(`${comment}|${quoted}`, 'g');
const pieces = new RegExp(`${comment}|${quoted}|${body}|;|[^]`, 'g');

/** Blanks of the same length, so that places and lines stay. */
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Cuts a file into statements; the body of a function stays inside its own. */
export function statementsOf(sql: string): readonly Statement[] {
  let plain = '';
  const ends: number[] = [];
  for (const [piece] of sql.matchAll(pieces)) {
    if (piece === ';') ends.push(plain.length);
    plain += piece.length === 1 ? piece : visible(piece);
  }
  ends.push(plain.length);
  return ends.flatMap((end, index) => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0) + 1;
    const part = plain.slice(start, end);
    const text = part.trim().toLowerCase().replace(/\s+/g, ' ');
    const skipped = part.length - part.trimStart().length;
    return text === '' ? [] : [{ text, line: lineAt(plain, start + skipped) }];
  });
}

function visible(piece: string): string {
  return piece.startsWith('$') ? piece.replace(silent, blank) : blank(piece);
}
