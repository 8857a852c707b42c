import { ExportVerifier, type ExportVerdict } from './export-verifier.ts';
import type { Sha256 } from './sealed-transfer.ts';

/** What to hold an export against, and whom to tell how far it is. */
export interface VerifyOptions {
  /** The hash of any seal, 64 hex digits, that was kept elsewhere. */
  readonly head?: string;
  /** Told now and then how many bytes are read. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Reads an export in pieces of any size and checks it: without a database, in memory that does not
 * grow with the file.
 */
export async function verifyExport(
  pieces: AsyncIterable<Uint8Array>,
  sha256: Sha256,
  { head, onBytes }: VerifyOptions = {},
): Promise<ExportVerdict> {
  const verifier = new ExportVerifier(sha256, head ?? null);
  let bytes = 0;
  for await (const line of linesOf(pieces, (read) => onBytes?.((bytes += read)))) {
    verifier.add(line);
  }
  return verifier.end();
}

const lineFeed = 0x0a;
/** Longer than the line of any seal: what goes on beyond is cut, and cannot be right anyway. */
const maxLineBytes = 32 * 1024 * 1024;

/** Lines with their line feed; the last one may be without. */
async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  onPiece: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array): void => {
    length += part.length;
    if (length <= maxLineBytes || part.at(-1) === lineFeed) begun.push(part);
  };
  for await (const piece of pieces) {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(lineFeed, start) + 1;
      if (end === 0) break;
      if (length === 0) yield piece.subarray(start, end);
      else {
        keep(piece.subarray(start, end));
        yield joined(begun);
        [begun, length] = [[], 0];
      }
      start = end;
    }
    if (start < piece.length) keep(piece.slice(start));
    onPiece(piece.length);
  }
  if (length > 0) yield joined(begun);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
