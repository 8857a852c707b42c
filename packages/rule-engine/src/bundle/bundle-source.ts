import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { digestOf } from '../language/content-digest.ts';
import { terminalKey, type RuleSource, type Terminal } from '../management/terminal.ts';
import { thrownMessage } from '../runtime/unknown.ts';
import { acceptBundle, type InstalledBundle } from './accept-bundle.ts';
import { BundleShelf, type SlotStore } from './bundle-shelf.ts';
import type { TrustedKey } from './manifest.ts';

/** What a terminal has, for the server to send no more than is new. */
export interface Have {
  /** Of the manifest that is in use. */
  readonly digest: string;
  readonly wantsDelta: boolean;
}

/** Where bundles come from. */
export interface BundleFeed {
  /** The text of a terminal's bundle; null when it has it already. Throws when there is no line. */
  fetchBundle(terminal: Terminal, have: Have | null): Promise<string | null>;
}

/** What a source of bundles works with. */
export interface BundleSourceParts {
  readonly feed: BundleFeed;
  /** Where a terminal keeps its bundles: on disk, in IndexedDB. */
  readonly slotsOf: (terminal: Terminal) => SlotStore;
  /** The keys bundles must be signed with, until a bundle rotates them; none: not looked at. */
  readonly keys: readonly TrustedKey[];
  /** The moment, as `new Date().toISOString()` gives it. */
  readonly now: () => string;
  /** Told of every bundle that was not taken; the terminal goes on with what it had. */
  readonly report: (terminal: Terminal, refusal: Refusal) => void;
}

/** What a terminal runs on. */
export interface BundleStatus {
  readonly version: number;
  readonly expiresAt: string;
  /** It goes on with an expired bundle, the last good one, until a newer one comes. */
  readonly isExpired: boolean;
}

interface Kept {
  readonly shelf: BundleShelf;
  installed: InstalledBundle | null;
}

/**
 * A source of rule sets for `RuleManagement`: fetches bundles, verifies them whole, stores them and
 * only then gives out their sets. Whatever goes wrong, the last good bundle stays, over restarts
 * and days without a line. Terminals share nothing.
 */
export class BundleSource implements RuleSource {
  readonly #parts: BundleSourceParts;
  readonly #kept = new Map<string, Promise<Kept>>();

  constructor(parts: BundleSourceParts) {
    this.#parts = parts;
  }

  /** The sets of the newest good bundle. Throws while a terminal has none at all. */
  async fetchFor(terminal: Terminal): Promise<readonly unknown[]> {
    const kept = await this.#keptFor(terminal);
    const refusal = await this.#update(terminal, kept);
    if (refusal !== null) this.#parts.report(terminal, refusal);
    if (kept.installed !== null) return Object.values(kept.installed.contents);
    throw new Error(refusal === null ? 'there is no bundle yet' : refusal.message);
  }

  /** What a terminal runs on; null while it has no bundle. */
  async status(terminal: Terminal): Promise<BundleStatus | null> {
    const { installed } = await this.#keptFor(terminal);
    if (installed === null) return null;
    const { version, expiresAt } = installed.manifest;
    const isExpired = this.#parts.now().slice(0, 19) >= expiresAt.slice(0, 19);
    return { version, expiresAt, isExpired };
  }

  #keptFor(terminal: Terminal): Promise<Kept> {
    const key = terminalKey(terminal);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const shelf = new BundleShelf(this.#parts.slotsOf(terminal), this.#parts.keys);
    const kept = shelf.load().then((installed) => ({ shelf, installed }));
    this.#kept.set(key, kept);
    // A store that cannot be read now may be read at the next refresh.
    kept.catch(() => this.#kept.delete(key));
    return kept;
  }

  async #update(terminal: Terminal, kept: Kept): Promise<Refusal | null> {
    const delta = await this.#fetchAndAccept(terminal, kept, true);
    const isWholeNeeded = delta?.code === 'BUNDLE_CONTENT_MISSING';
    return isWholeNeeded ? this.#fetchAndAccept(terminal, kept, false) : delta;
  }

  async #fetchAndAccept(
    terminal: Terminal,
    kept: Kept,
    wantsDelta: boolean,
  ): Promise<Refusal | null> {
    const { installed, shelf } = kept;
    const { feed, keys, now } = this.#parts;
    const have = installed === null ? null : { digest: digestOf(installed.manifest), wantsDelta };
    let text: string | null;
    try {
      text = await feed.fetchBundle(terminal, have);
    } catch (thrown) {
      return notDone('BUNDLE_NOT_FETCHED', 'fetched', thrown);
    }
    if (text === null) return null;
    const check = { terminal, keys: installed?.keys ?? keys, now: now(), installed };
    const accepted = acceptBundle(text, check);
    if (isRefusal(accepted)) return accepted;
    if (accepted === installed) return null;
    try {
      await shelf.store(accepted);
    } catch (thrown) {
      return notDone('BUNDLE_NOT_STORED', 'stored', thrown);
    }
    kept.installed = accepted;
    return null;
  }
}

function notDone(code: string, what: string, thrown: unknown): Refusal {
  const message = `the bundle was not ${what}: ${thrownMessage(thrown)}; the last good one stays`;
  return refuse(code, message);
}
