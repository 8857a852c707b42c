import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetRead,
  type AsyncBuffer,
  type ColumnData,
  type FileMetaData,
} from 'hyparquet';

/** An open Parquet file. */
export interface ParquetFile {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rows: number;
}

/** Opens a Parquet file and reads its footer. */
export async function openParquet(path: string): Promise<ParquetFile> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  return { file, metadata, rows: Number(metadata.num_rows) };
}

/** A column of INT64 whose values fit 32 bits. Throws when one does not. */
export async function readIntegers(parquet: ParquetFile, column: string): Promise<Int32Array> {
  const into = new Int32Array(parquet.rows);
  await readColumn(parquet, column, (value, row) => {
    if (typeof value !== 'bigint' || BigInt.asIntN(32, value) !== value) {
      throw unexpected(column, row, value);
    }
    into[row] = Number(value);
  });
  return into;
}

/**
 * A column of DOUBLE amounts, rounded once to minor units of a currency with cents. The file's
 * amounts are whole cents but for the float's last digits, so that every rounding mode agrees.
 * Throws when one is further than that from a whole cent.
 */
export async function readCents(parquet: ParquetFile, column: string): Promise<BigInt64Array> {
  const into = new BigInt64Array(parquet.rows);
  await readColumn(parquet, column, (value, row) => {
    const cents = typeof value === 'number' ? value * 100 : NaN;
    const whole = Math.round(cents);
    if (!(Math.abs(cents - whole) < 1e-6)) throw unexpected(column, row, value);
    into[row] = BigInt(whole);
  });
  return into;
}

/** A column of INT96 timestamps, as milliseconds since 1970 in UTC. */
export async function readTimes(parquet: ParquetFile, column: string): Promise<Float64Array> {
  const into = new Float64Array(parquet.rows);
  await readColumn(parquet, column, (value, row) => {
    if (typeof value !== 'number') throw unexpected(column, row, value);
    into[row] = value;
  });
  return into;
}

/** One column at a time: the decoder's own array of all values is garbage before the next. */
async function readColumn(
  { file, metadata, rows }: ParquetFile,
  column: string,
  store: (value: unknown, row: number) => void,
): Promise<void> {
  // The decoder does not await its callback, so that nothing that may throw is done inside it.
  const chunks: ColumnData[] = [];
  await parquetRead({
    file,
    metadata,
    columns: [column],
    // A million Date objects would cost more memory than all the columns together.
    parsers: { timestampFromNanoseconds: (nanos) => Number(nanos / 1_000_000n) },
    onChunk: (chunk) => chunks.push(chunk),
  });
  let seen = 0;
  for (const { columnData, rowStart } of chunks) {
    for (let at = 0; at < columnData.length; at += 1) store(columnData[at], rowStart + at);
    seen += columnData.length;
  }
  if (seen !== rows) throw new Error(`Column ${column} has ${seen} values in ${rows} rows.`);
}

function unexpected(column: string, row: number, value: unknown): Error {
  return new Error(
    `Column ${column}, row ${row + 1}: ${String(value)} is not what it should hold.`,
  );
}
