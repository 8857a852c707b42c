import { canonicalJson } from '../language/canonical-json.ts';
import { digestOf } from '../language/content-digest.ts';
import type { InstalledBundle } from './accept-bundle.ts';
import type { TrustedKey } from './manifest.ts';

/** The two places of a terminal's store. */
export type Slot = 'a' | 'b';

/** Where one terminal keeps two texts: disk, IndexedDB, memory. */
export interface SlotStore {
  /** The text of a slot; null when it is empty. */
  read(slot: Slot): Promise<string | null>;
  /** Puts a text into a slot; when it returns, the text outlives the process and its machine. */
  write(slot: Slot, text: string): Promise<void>;
}

interface Stored {
  /** Counts the writes: the higher of two good slots is the newer. */
  readonly sequence: number;
  /** The digest of the keys the terminal was set up with; with others, rotation is forgotten. */
  readonly root: string;
  readonly bundle: InstalledBundle;
}

interface Good {
  readonly slot: Slot;
  readonly stored: Stored;
}

/**
 * Keeps bundles in two slots in turn: a new one is written over the older of the two, so that a
 * power cut at any moment leaves the last good one whole. A slot that does not match its digest is
 * as good as empty.
 */
export class BundleShelf {
  readonly #slots: SlotStore;
  readonly #keys: readonly TrustedKey[];
  #newest: Good | null = null;

  constructor(slots: SlotStore, keys: readonly TrustedKey[]) {
    this.#slots = slots;
    this.#keys = keys;
  }

  /** The newest bundle that is whole; null when there is none. */
  async load(): Promise<InstalledBundle | null> {
    const all = await Promise.all([this.#read('a'), this.#read('b')]);
    const good = all.filter((one) => one !== null);
    const [first, second] = good.sort(
      (left, right) => right.stored.sequence - left.stored.sequence,
    );
    this.#newest = first ?? second ?? null;
    if (this.#newest === null) return null;
    const { bundle, root } = this.#newest.stored;
    return root === digestOf(this.#keys) ? bundle : { ...bundle, keys: this.#keys };
  }

  /** Stores a bundle that was verified. Until this returns, the one before is the newest. */
  async store(bundle: InstalledBundle): Promise<void> {
    const slot = this.#newest?.slot === 'a' ? 'b' : 'a';
    const sequence = (this.#newest?.stored.sequence ?? 0) + 1;
    const stored: Stored = { sequence, root: digestOf(this.#keys), bundle };
    await this.#slots.write(slot, `${digestOf(stored)}\n${canonicalJson(stored)}`);
    this.#newest = { slot, stored };
  }

  async #read(slot: Slot): Promise<Good | null> {
    const text = await this.#slots.read(slot);
    const end = text?.indexOf('\n') ?? -1;
    if (text === null || end < 0) return null;
    try {
      const stored = JSON.parse(text.slice(end + 1)) as Stored;
      return digestOf(stored) === text.slice(0, end) ? { slot, stored } : null;
    } catch {
      // Cut off while it was written: the other slot has the last good one.
      return null;
    }
  }
}
