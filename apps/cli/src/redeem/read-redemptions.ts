import { createReadStream } from 'node:fs';
import { parse, type CsvError } from 'csv-parse';
import { refuse, type Refusal } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import { checkHeader, parseRow } from './parse-row.ts';

/** One row of a file, read or refused. */
export interface ReadRow {
  /** In the file; the header is line 1. */
  readonly line: number;
  readonly row: Redemption | Refusal;
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Streams a redemption CSV (RFC 4180, UTF-8, with header): memory does not grow with the file.
 * Rows that cannot be read come as refusals with their line, and the others go on.
 *
 * @throws CsvHeaderError when the header is not the documented one: then nothing can be read.
 */
export async function* readRedemptionCsv(path: string): AsyncGenerator<ReadRow> {
  const broken: ReadRow[] = [];
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: 1_000_000,
      onSkip: (error) => void broken.push(brokenRow(error)),
    }),
  );
  let header: readonly string[] | undefined;
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    yield* broken.splice(0);
    if (header === undefined) {
      const refusal = checkHeader(record);
      if (refusal !== undefined) throw new CsvHeaderError(refusal);
      header = record;
      continue;
    }
    yield { line: info.lines, row: toRedemption(header, record, info.lines) };
  }
  yield* broken.splice(0);
  if (header === undefined) throw new CsvHeaderError(noHeader(path));
}

/** The file is not a redemption CSV. */
export class CsvHeaderError extends Error {
  override readonly name = 'CsvHeaderError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

function toRedemption(
  header: readonly string[],
  record: readonly string[],
  line: number,
): Redemption | Refusal {
  if (record.length !== header.length) {
    return refuse(
      'CSV_ROW_INVALID',
      `line ${line}: ${record.length} fields, expected ${header.length} as in the header`,
      { line, fields: record.length, expected: header.length },
    );
  }
  return parseRow(Object.fromEntries(header.map((name, index) => [name, record[index]])), line);
}

function brokenRow(error: CsvError | undefined): ReadRow {
  const line = typeof error?.['lines'] === 'number' ? error['lines'] : 0;
  const row = refuse('CSV_ROW_INVALID', `line ${line}: ${error?.message ?? 'cannot be read'}`, {
    line,
  });
  return { line, row };
}

function noHeader(path: string): Refusal {
  return refuse('CSV_HEADER_INVALID', `${path} is empty: the first line names the columns`, {
    line: 1,
  });
}
