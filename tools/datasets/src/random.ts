/**
 * Numbers that look random and are the same for ever: the finalizer of MurmurHash3 over a counter,
 * in 32-bit integer arithmetic that no engine and no version does differently.
 */
export class Random {
  #counter: number;

  constructor(seed: number) {
    this.#counter = mix(seed | 0);
  }

  /** A whole number from 0 to `bound` - 1; `bound` at most 2^21. */
  below(bound: number): number {
    this.#counter = (this.#counter + 0x9e3779b9) | 0;
    return Math.floor((mix(this.#counter) * bound) / 2 ** 32);
  }
}

function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
