import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.ts';

/** The SHA-256 of JSON in its canonical form, in hexadecimal: the name of a content. */
export function digestOf(json: unknown): string {
  return bytesToHex(sha256(new TextEncoder().encode(canonicalJson(json))));
}
