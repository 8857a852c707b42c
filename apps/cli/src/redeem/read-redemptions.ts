import { parse } from 'csv-parse/sync';
import { isRefusal, refuse, UnexpectedRefusalError, type Refusal } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import { rowReader, type RowReader } from './parse-row.ts';
import { maxLineLength, readLines, type Line } from './read-lines.ts';

/** One row of a file, read or refused. */
export interface ReadRow {
  /** In the file; the header is line 1. */
  readonly line: number;
  readonly row: Redemption | Refusal;
}

/**
 * Streams a redemption CSV (RFC 4180, UTF-8, with header) in batches of rows: memory does not grow
 * with the file. A row that cannot be read comes as a refusal with its line, and the others go on.
 * A field cannot go over several lines, so a quote that is left open costs one row, not the rest of
 * the file. Empty lines are skipped.
 *
 * @throws UnexpectedRefusalError `CSV_HEADER_INVALID`: without its header nothing can be read.
 */
export async function* readRedemptionCsv(path: string): AsyncGenerator<readonly ReadRow[]> {
  let reader: RowReader | null = null;
  for await (const lines of readLines(path)) {
    const filled = lines.filter(({ text }) => text === null || text.trim() !== '');
    const first = filled[0];
    if (first === undefined) continue;
    let from = 0;
    if (reader === null) {
      reader = readHeader(first);
      from = 1;
    }
    const read = reader;
    yield filled.slice(from).map((line) => ({ line: line.number, row: readRow(read, line) }));
  }
  if (reader === null) {
    throw invalidHeader(`${path} is empty: the first line names the columns`);
  }
}

function readHeader(line: Line): RowReader {
  const cells = cellsOf(line);
  if (isRefusal(cells)) throw invalidHeader(cells.message);
  const reader = rowReader(cells);
  if (isRefusal(reader)) throw new UnexpectedRefusalError(reader);
  return reader;
}

function invalidHeader(message: string): UnexpectedRefusalError {
  return new UnexpectedRefusalError(refuse('CSV_HEADER_INVALID', message, { line: 1 }));
}

function readRow(reader: RowReader, line: Line): Redemption | Refusal {
  const cells = cellsOf(line);
  return isRefusal(cells) ? cells : reader(cells, line.number);
}

function cellsOf({ text, number }: Line): readonly string[] | Refusal {
  if (text === null) return invalidRow(number, `it is longer than ${maxLineLength} characters`);
  // Most files have no quotes at all, and this is many times faster.
  if (!text.includes('"')) return text.split(',');
  try {
    const [cells = []] = parse(text, { relax_column_count: true });
    return cells;
  } catch {
    return invalidRow(
      number,
      'a quote is left open or stands inside a field: ' +
        'quote the whole field, write quotes in it twice, and keep it on one line',
    );
  }
}

function invalidRow(line: number, what: string): Refusal {
  return refuse('CSV_ROW_INVALID', `line ${line}: ${what}`, { line });
}
