import type { Sha256 } from './sealed-transfer.ts';

/** One link of the hash chain. Hashes are 64 hex digits. */
export interface Seal {
  /** From 1, without gaps. */
  readonly number: number;
  /** It covers what was recorded after the seal before it, up to and including this. */
  readonly throughNs: bigint;
  readonly transferCount: number;
  /** SHA-256 of the leaves' hex digits, one leaf after the other. */
  readonly digest: string;
  readonly previousHash: string;
  /** SHA-256 of all of the above: see {@link sealHash}. */
  readonly hash: string;
  /** SHA-256 of each transfer's line in order, 64 hex digits each, one after the other. */
  readonly leaves: string;
}

/** Where the chain stands: its last seal. Who keeps the hash can prove all that came before it. */
export interface ChainHead {
  /** 0 before the first seal. */
  readonly number: number;
  /** Everything recorded up to here is sealed; 0 before the first seal. */
  readonly throughNs: bigint;
  readonly hash: string;
}

/** How many hex digits a SHA-256 has. */
export const hashLength = 64;

/** The chain before its first seal. */
export const chainStart: ChainHead = { number: 0, throughNs: 0n, hash: '0'.repeat(hashLength) };

/** The next link of the chain over transfers given by their leaves, in order. */
export function makeSeal(
  previous: ChainHead,
  given: { readonly throughNs: bigint; readonly leaves: readonly string[] },
  sha256: Sha256,
): Seal {
  const leaves = given.leaves.join('');
  const link = {
    number: previous.number + 1,
    throughNs: given.throughNs,
    transferCount: given.leaves.length,
    digest: sha256(leaves),
    previousHash: previous.hash,
  };
  return { ...link, hash: sealHash(link, sha256), leaves };
}

/** SHA-256 of a seal's other fields, as the text that its line in an export begins with. */
export function sealHash(seal: Omit<Seal, 'hash' | 'leaves'>, sha256: Sha256): string {
  return sha256(linkText(seal));
}

/** The fields that a seal's hash is made of, without the brackets around them. */
export function linkText(seal: Omit<Seal, 'hash' | 'leaves'>): string {
  return (
    `"seal":${seal.number},"throughNs":"${seal.throughNs}","transfers":${seal.transferCount},` +
    `"digest":"${seal.digest}","previousHash":"${seal.previousHash}"`
  );
}

/** The leaves one by one. */
export function splitLeaves({ leaves }: Pick<Seal, 'leaves'>): readonly string[] {
  return Array.from({ length: Math.floor(leaves.length / hashLength) }, (_, index) =>
    leaves.slice(index * hashLength, (index + 1) * hashLength),
  );
}

/**
 * What is wrong with a seal in itself, in words; undefined when its hash and its digest are those
 * of its own fields.
 */
export function sealFault(seal: Seal, sha256: Sha256): string | undefined {
  if (sealHash(seal, sha256) !== seal.hash) return 'its hash is not that of its fields';
  if (sha256(seal.leaves) !== seal.digest) return 'its digest is not that of its leaves';
  if (seal.leaves.length !== seal.transferCount * hashLength) {
    return `it counts ${seal.transferCount} transfers and has another number of leaves`;
  }
  return undefined;
}
