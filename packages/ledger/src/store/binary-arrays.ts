/**
 * Arrays as PostgreSQL takes them in binary: one parameter per column, whatever the number of rows.
 * Text would cost both sides: numbers to digits here, digits to numbers there.
 */

/** Type ids of the elements: part of PostgreSQL's protocol, they never change. */
const elementTypes = { int8: 20, text: 25, timestamptz: 1184, uuid: 2950 } as const;

const headBytes = 20;
/** An element is its length, then its value. */
const lengthBytes = 4;
/** What PostgreSQL counts its microseconds from. */
const epochMs = Date.UTC(2000, 0, 1);
const hyphen = 45;
const nibbles = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  nibbles[digit.charCodeAt(0)] = value;
}

/** `bigint[]` of what `valueOf` gives for each row. */
export function int8Array<Row>(rows: readonly Row[], valueOf: (row: Row) => bigint): Buffer {
  const { bytes, view } = start('int8', rows.length, 8 * rows.length);
  let offset = headBytes;
  for (const row of rows) {
    view.setInt32(offset, 8);
    view.setBigInt64(offset + lengthBytes, valueOf(row));
    offset += lengthBytes + 8;
  }
  return bytes;
}

/** `timestamptz[]` of instants that `Date.parse` reads, to the millisecond. */
export function timestamptzArray<Row>(rows: readonly Row[], valueOf: (row: Row) => string): Buffer {
  const { bytes, view } = start('timestamptz', rows.length, 8 * rows.length);
  let offset = headBytes;
  for (const row of rows) {
    view.setInt32(offset, 8);
    const sinceMs = Date.parse(valueOf(row)) - epochMs;
    view.setBigInt64(offset + lengthBytes, BigInt(sinceMs) * 1_000n);
    offset += lengthBytes + 8;
  }
  return bytes;
}

/** `uuid[]` of ids in the form that the ledger keeps: lower case, with hyphens. */
export function uuidArray(ids: readonly string[]): Buffer {
  const { bytes, view } = start('uuid', ids.length, 16 * ids.length);
  let offset = headBytes;
  for (const id of ids) {
    view.setInt32(offset, 16);
    offset += lengthBytes;
    for (let place = 0; place < id.length; place += 2) {
      if (id.charCodeAt(place) === hyphen) place += 1;
      const high = nibbles[id.charCodeAt(place)] ?? 0;
      bytes[offset] = (high << 4) | (nibbles[id.charCodeAt(place + 1)] ?? 0);
      offset += 1;
    }
  }
  return bytes;
}

/** `text[]` of what `valueOf` gives for each row. */
export function textArray<Row>(rows: readonly Row[], valueOf: (row: Row) => string): Buffer {
  let units = 0;
  for (const row of rows) units += valueOf(row).length;
  // UTF-8 takes three bytes at most for each unit of a JavaScript text.
  const { bytes, view } = start('text', rows.length, 3 * units);
  let offset = headBytes;
  for (const row of rows) {
    const length = bytes.write(valueOf(row), offset + lengthBytes);
    view.setInt32(offset, length);
    offset += lengthBytes + length;
  }
  return bytes.subarray(0, offset);
}

/** One dimension, from 1, without nulls. */
function start(
  type: keyof typeof elementTypes,
  count: number,
  valueBytes: number,
): { readonly bytes: Buffer; readonly view: DataView } {
  const bytes = Buffer.allocUnsafe(headBytes + lengthBytes * count + valueBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt32(0, count === 0 ? 0 : 1);
  view.setInt32(4, 0);
  view.setInt32(8, elementTypes[type]);
  view.setInt32(12, count);
  view.setInt32(16, 1);
  return { bytes: count === 0 ? bytes.subarray(0, 12) : bytes, view };
}
