import type { ExportVerdict } from '../../domain/seal/export-verifier.ts';
import { verifyExport as verify, type VerifyOptions } from '../../domain/seal/verify-export.ts';
import { sha256 } from './sha256.ts';

/**
 * Checks what `exportSeals` wrote, from pieces of any size, without a database and in memory that
 * does not grow: see {@link ExportVerdict} for what it tells.
 */
export function verifyExport(
  pieces: AsyncIterable<Uint8Array>,
  options: VerifyOptions = {},
): Promise<ExportVerdict> {
  return verify(pieces, sha256, options);
}
