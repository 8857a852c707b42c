import { canonicalJson } from '../language/canonical-json.ts';
import type { JsonRecord } from '../language/reader.ts';

/** A public key that bundles may be signed with. */
export interface TrustedKey {
  readonly id: string;
  /** Ed25519, 32 bytes in hexadecimal. */
  readonly publicKey: string;
}

/** Whose bundle it is. */
export interface BundleTerminal {
  readonly deviceId: string;
  readonly userId: string | null;
}

/** What a bundle says and its signature covers; everything else in it is named by a digest. */
export interface Manifest {
  readonly format: 'sluice-rule-bundle-1';
  readonly terminal: BundleTerminal;
  /** Counts up; a terminal never goes back. */
  readonly version: number;
  /** From this moment the bundle is no longer taken, `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly expiresAt: string;
  /** The digests of all its rule sets, also of those that a delta leaves out. */
  readonly sets: readonly string[];
  /** From this bundle on, these keys are trusted and no other. Absent: those that were. */
  readonly keys?: readonly TrustedKey[];
}

/** One signature over a manifest. */
export interface ManifestSignature {
  readonly keyId: string;
  /** Ed25519, 64 bytes in hexadecimal. */
  readonly signature: string;
}

/** A bundle as it is sent: canonical JSON of this. */
export interface Bundle {
  readonly manifest: Manifest;
  readonly signatures: readonly ManifestSignature[];
  /** Rule sets in the stored form, by digest: all of them, or those that a delta brings. */
  readonly contents: Readonly<Record<string, JsonRecord>>;
}

/** The bytes that are signed. The first line keeps them apart from anything else that is signed. */
export function signedBytes(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${manifest.format}\n${canonicalJson(manifest)}`);
}
