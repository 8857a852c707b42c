import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { digestOf } from '../language/content-digest.ts';
import { parseRuleSet } from '../language/parse-rule-set.ts';
import { isRecord } from '../language/reader.ts';
import type { Layer, RuleSet } from '../language/rule-set.ts';
import { compileLayers, type CompiledRules } from '../runtime/compile-rules.ts';
import { refuseScope } from './refuse-scope.ts';
import type { Terminal } from './terminal.ts';

/** A rule set that is installed on a terminal. */
export interface InstalledSet {
  readonly id: string;
  readonly version: number;
  readonly layer: Layer;
  /** SHA-256 of its content in hexadecimal, as bundles name it. */
  readonly digest: string;
}

/** The rules of one business on one terminal, ready to run. */
export interface InstalledRules {
  readonly terminal: Terminal;
  readonly business: string;
  /** The sets the rules come from, in the order they were given. */
  readonly ruleSets: readonly InstalledSet[];
  readonly compiled: CompiledRules;
}

interface Installed {
  readonly as: InstalledSet;
  readonly set: RuleSet;
}

/** The rule sets of one terminal: shares nothing with any other terminal. */
export class InstalledSets {
  readonly #terminal: Terminal;
  readonly #sets = new Map<string, Installed>();
  /** Outlives a withdrawal, so that an old version cannot come back. */
  readonly #highest = new Map<string, InstalledSet>();
  readonly #compiled = new Map<string, InstalledRules>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /**
   * Takes a whole answer of the source: installs the good sets, keeps the last good version of the
   * bad ones, withdraws those that are no longer given.
   */
  replaceAll(answer: readonly unknown[]): Refusal[] {
    this.#compiled.clear();
    const refusals = answer
      .map((json) => this.#install(json))
      .filter((refusal) => refusal !== null);
    const given = new Set(answer.map(givenId));
    // A set that does not even tell its id may be the faulty successor of any installed one.
    if (!given.has(null)) {
      for (const id of this.#sets.keys()) if (!given.has(id)) this.#sets.delete(id);
    }
    return refusals;
  }

  /** The rules of a business, compiled at the first call and kept until the sets change. */
  rulesFor(business: string): InstalledRules {
    const known = this.#compiled.get(business);
    if (known !== undefined) return known;
    const all = [...this.#sets.values()];
    const installed: InstalledRules = Object.freeze({
      terminal: this.#terminal,
      business,
      ruleSets: all.map(({ as }) => as),
      compiled: compileLayers(
        all.map(({ set }) => set),
        business,
      ),
    });
    this.#compiled.set(business, installed);
    return installed;
  }

  #install(json: unknown): Refusal | null {
    const set = parseRuleSet(json);
    if (isRefusal(set)) return set;
    const { id, version, scope } = set;
    const as = Object.freeze({ id, version, layer: scope.level, digest: digestOf(json) });
    const refusal = refuseScope(set, this.#terminal) ?? this.#refuseVersion(as);
    if (refusal !== null) return refusal;
    this.#sets.set(id, { as, set });
    this.#highest.set(id, as);
    return null;
  }

  #refuseVersion({ id, version, digest }: InstalledSet): Refusal | null {
    const highest = this.#highest.get(id);
    if (highest === undefined || version > highest.version) return null;
    const details = { ruleSetId: id, version, installedVersion: highest.version };
    if (version < highest.version) {
      const message = `rule set "${id}" v${version} is older than v${highest.version}`;
      return refuse('RULE_SET_VERSION_LOWERED', `${message}: publish a higher version`, details);
    }
    if (digest === highest.digest) return null;
    const message = `rule set "${id}" v${version} came before with other content`;
    return refuse('RULE_SET_VERSION_REUSED', `${message}: publish a higher version`, details);
  }
}

function givenId(json: unknown): string | null {
  return isRecord(json) && typeof json['id'] === 'string' ? json['id'] : null;
}
