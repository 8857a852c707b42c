import { refuse, type Refusal } from '@sluice/money';
import { thrownMessage } from '../runtime/unknown.ts';
import { InstalledSets, type InstalledRules } from './installed-sets.ts';
import { terminalKey, type RuleSource, type Terminal } from './terminal.ts';

interface Managed {
  readonly installed: InstalledSets;
  /** Refreshes of one terminal run one after the other: an answer never overtakes a later one. */
  lastRefresh: Promise<unknown>;
}

/**
 * The management module of CN107645403B: keeps the rule sets of each terminal, obtained by its
 * device id and user id, apart from those of every other terminal. An update or a faulty rule of
 * one never touches another.
 */
export class RuleManagement {
  readonly #source: RuleSource;
  readonly #terminals = new Map<string, Managed>();

  constructor(source: RuleSource) {
    this.#source = source;
  }

  /**
   * Fetches the rule sets of a terminal and installs them. A bad set is refused and its last good
   * version stays; the others are installed; a version never goes down. When the source fails, all
   * stays as it is.
   *
   * @returns one refusal per set that was not installed: `RULE_SET_INVALID`,
   *   `RULE_SET_SCOPE_MISMATCH`, `RULE_SET_VERSION_LOWERED`, `RULE_SET_VERSION_REUSED`; or
   *   `RULE_SOURCE_FAILED` alone.
   */
  refresh(terminal: Terminal): Promise<Refusal[]> {
    const managed = this.#managed(terminal);
    const refreshed = managed.lastRefresh.then(() => this.#refreshNow(terminal, managed.installed));
    managed.lastRefresh = refreshed;
    return refreshed;
  }

  /** The installed rules of a business, which never change; none before the first refresh. */
  rulesFor(terminal: Terminal, business: string): InstalledRules {
    return this.#managed(terminal).installed.rulesFor(business);
  }

  async #refreshNow(terminal: Terminal, installed: InstalledSets): Promise<Refusal[]> {
    try {
      const answer: unknown = await this.#source.fetchFor(terminal);
      if (!Array.isArray(answer)) throw new TypeError('the answer is not a list of rule sets');
      return installed.replaceAll(answer);
    } catch (thrown) {
      return [sourceFailed(terminal, thrown)];
    }
  }

  #managed(terminal: Terminal): Managed {
    const key = terminalKey(terminal);
    const known = this.#terminals.get(key);
    if (known !== undefined) return known;
    const managed = { installed: new InstalledSets(terminal), lastRefresh: Promise.resolve() };
    this.#terminals.set(key, managed);
    return managed;
  }
}

function sourceFailed({ deviceId, userId }: Terminal, thrown: unknown): Refusal {
  return refuse(
    'RULE_SOURCE_FAILED',
    `no rules came for device "${deviceId}": ${thrownMessage(thrown)}; the last good ones stay`,
    { deviceId, userId: userId ?? null },
  );
}
