import { describe, expect, test } from 'vitest';
import { tempFile } from '../testing/temp-dir.ts';
import { maxLineLength, readLines, type Line } from './read-lines.ts';

async function linesOf(content: string | Uint8Array): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for await (const batch of readLines(tempFile('lines.txt', content))) lines.push(...batch);
  return lines;
}

describe('the lines of a file', () => {
  test.each([
    ['LF', 'a\nb\n', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['no end of the last line', 'a\nb', ['a', 'b']],
    ['a byte order mark', '\uFEFFa\nb\n', ['a', 'b']],
    ['empty lines, which count', 'a\n\nb\n', ['a', '', 'b']],
    ['nothing', '', []],
  ])('are read with %s', async (_what, content, texts) => {
    const lines = await linesOf(content);
    expect(lines).toEqual(texts.map((text, index) => ({ number: index + 1, text })));
  });

  test('keep their numbers and characters across the chunks of a large file', async () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => `${index} é 漢 😀`);
    const lines = await linesOf(texts.join('\r\n'));
    expect(lines).toHaveLength(texts.length);
    expect(lines.every(({ number, text }) => text === texts[number - 1])).toBe(true);
  });

  test('that are too long are told, and those behind them are read', async () => {
    const long = 'x'.repeat(maxLineLength * 3);
    const lines = await linesOf(`a\n${long}\nb\n${long}`);
    expect(lines).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: null },
      { number: 3, text: 'b' },
      { number: 4, text: null },
    ]);
  });

  test('that are not UTF-8 have the replacement character, and no line is lost', async () => {
    const lines = await linesOf(Uint8Array.from([0x61, 0xff, 0x0a, 0x62]));
    expect(lines).toEqual([
      { number: 1, text: 'a\uFFFD' },
      { number: 2, text: 'b' },
    ]);
  });
});
