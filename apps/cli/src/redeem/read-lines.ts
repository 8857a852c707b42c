import { createReadStream } from 'node:fs';

/** One line of a text file, without its end. */
export interface Line {
  /** The first is 1. */
  readonly number: number;
  /** Null for a line that is too long to be one. */
  readonly text: string | null;
}

/** No redemption is longer; a file without line ends must not fill the memory. */
export const maxLineLength = 100_000;

/**
 * Streams the lines of a UTF-8 file, ended by LF or CRLF, a byte order mark left out: in batches,
 * so that reading costs little per line, and one chunk of the file in memory at a time.
 */
export async function* readLines(path: string): AsyncGenerator<readonly Line[]> {
  let rest = '';
  let number = 0;
  /** Inside a line that was too long already; its remainder is skipped. */
  let skipping = false;
  const next = (text: string): Line => {
    number += 1;
    const line = skipping || text.length > maxLineLength ? null : withoutReturn(text);
    skipping = false;
    return { number, text: number === 1 && line !== null ? withoutMark(line) : line };
  };
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 15 })) {
    const texts = (rest + String(chunk)).split('\n');
    rest = texts.pop() ?? '';
    yield texts.map(next);
    if (rest.length > maxLineLength) {
      skipping = true;
      rest = '';
    }
  }
  if (rest !== '' || skipping) yield [next(rest)];
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
