import { etc, getPublicKey, hashes, sign, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { refuse, type Refusal } from '@sluice/money';
import {
  signedBytes,
  type Bundle,
  type Manifest,
  type ManifestSignature,
  type TrustedKey,
} from './manifest.ts';

// The library takes the hash from its caller, so that it works where there is no WebCrypto.
hashes.sha512 = sha512;

/** A private key of the publisher. */
export interface SigningKey {
  readonly id: string;
  /** Ed25519 seed, 32 bytes in hexadecimal. */
  readonly secretKey: string;
}

/** Signs a manifest. */
export function signManifest(manifest: Manifest, { id, secretKey }: SigningKey): ManifestSignature {
  const signature = sign(signedBytes(manifest), etc.hexToBytes(secretKey));
  return { keyId: id, signature: etc.bytesToHex(signature) };
}

/** The public key of a signing key, as terminals are given it. */
export function trustedKeyOf({ id, secretKey }: SigningKey): TrustedKey {
  return { id, publicKey: etc.bytesToHex(getPublicKey(etc.hexToBytes(secretKey))) };
}

/**
 * Refuses a bundle that none of the trusted keys has signed. Without a trusted key every bundle is
 * taken; with one, a bundle without signatures is refused as well.
 */
export function refuseSignature(
  { manifest, signatures }: Bundle,
  keys: readonly TrustedKey[],
): Refusal | null {
  if (keys.length === 0) return null;
  if (signatures.length === 0) {
    const message = 'the bundle is not signed, but keys are set: have it signed by one of them';
    return refuse('BUNDLE_UNSIGNED', message, { version: manifest.version });
  }
  const ours = signatures.flatMap(({ keyId, signature }) =>
    keys.filter(({ id }) => id === keyId).map(({ publicKey }) => ({ signature, publicKey })),
  );
  if (ours.length === 0) {
    const named = signatures.map(({ keyId }) => keyId);
    const message = `the bundle is signed by ${named.join(', ')}, which is not trusted here`;
    return refuse('BUNDLE_KEY_UNKNOWN', message, { version: manifest.version, keyIds: named });
  }
  const bytes = signedBytes(manifest);
  if (ours.some(({ signature, publicKey }) => isSigned(bytes, signature, publicKey))) return null;
  const message = 'the signature does not fit the bundle: it was altered, or signed by another';
  return refuse('BUNDLE_SIGNATURE_WRONG', message, { version: manifest.version });
}

function isSigned(bytes: Uint8Array, signature: string, publicKey: string): boolean {
  try {
    const key = etc.hexToBytes(publicKey);
    return verify(etc.hexToBytes(signature), bytes, key, { zip215: false });
  } catch {
    // The library throws for keys and signatures that are no points of the curve.
    return false;
  }
}
