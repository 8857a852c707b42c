import type { RuleSet } from '../language/rule-set.ts';
import {
  isInEffect,
  placeRules,
  silenceOf,
  type PlacedRule,
  type RuleReference,
} from '../runtime/compile-rules.ts';
import { clausesOf, type Clause } from './clauses.ts';
import { isCovered, type Cover, type Fuel, type Stretch } from './cover.ts';

/** What the linter found; the codes are stable. */
export type LintCode = 'ALWAYS_TRUE' | 'ALWAYS_FALSE' | 'SHADOWED' | 'UNREACHABLE';

/** A rule that is not as it was meant, most likely. */
export interface LintFinding {
  readonly business: string;
  readonly rule: RuleReference;
  readonly code: LintCode;
  /** One sentence for people. */
  readonly message: string;
}

/** What looking at rules gave. */
export interface LintReport {
  readonly findings: readonly LintFinding[];
  /** False when there was too much to compare: then some rule may be shadowed unnoticed. */
  readonly complete: boolean;
}

const mostComparisons = 60_000_000;

/**
 * Looks for rules that always or never hold, or that are never chosen since earlier ones decide
 * first, over all businesses of the sets merged by layer. Sound: it never reports a rule that some
 * input within the budget of a run would choose; it may miss one.
 */
export function lintRules(ruleSets: readonly RuleSet[]): LintReport {
  const businesses = new Set(ruleSets.flatMap(({ rules }) => rules.map((rule) => rule.business)));
  const fuel: Fuel = { left: mostComparisons };
  const findings = [...businesses].flatMap((business) => lintBusiness(ruleSets, business, fuel));
  return { findings, complete: fuel.left >= 0 };
}

interface Looked {
  readonly placed: PlacedRule;
  /** Null: more ways than are looked at. */
  readonly holds: readonly Clause[] | null;
}

/** The rules that are asked on a day, in their order. */
interface Asked {
  readonly day: string;
  readonly covers: readonly Cover[];
  /** For each rule, where its covers begin and end; no entry for a rule that is silent. */
  readonly places: ReadonlyMap<Looked, readonly [from: number, until: number]>;
}

function lintBusiness(
  ruleSets: readonly RuleSet[],
  business: string,
  fuel: Fuel,
): readonly LintFinding[] {
  const all = placeRules(ruleSets, business);
  const looked = all
    .filter(({ rule }) => rule.then.outcome !== 'disabled')
    .map((placed): Looked => ({ placed, holds: clausesOf(placed.rule.when, true) }));
  const days = turningDays(all).map((day) => askedOn(day, looked));
  return looked.flatMap((each) => {
    const said = about(each, days, fuel);
    if (said === null) return [];
    return [{ business, rule: each.placed.reference, code: said[0], message: said[1] }];
  });
}

function askedOn(day: string, looked: readonly Looked[]): Asked {
  const covers: Cover[] = [];
  const places = new Map<Looked, readonly [number, number]>();
  for (const each of looked) {
    const { placed, holds } = each;
    if (!isInEffect(placed.rule, day) || silenceOf(placed, day) !== undefined) continue;
    const from = covers.length;
    for (const clause of holds ?? []) covers.push({ clause, then: placed.rule.then });
    places.set(each, [from, covers.length]);
  }
  return { day, covers, places };
}

/** One day of each period between which no rule begins or ends. */
function turningDays(all: readonly PlacedRule[]): readonly string[] {
  const turns = all.flatMap(({ rule }) => [rule.effectiveFrom, rule.effectiveTo]);
  return ['', ...new Set(turns.filter((day) => day !== null))];
}

function about(
  each: Looked,
  days: readonly Asked[],
  fuel: Fuel,
): readonly [LintCode, string] | null {
  const { placed, holds } = each;
  const { when } = placed.rule;
  if (holds?.length === 0) return ['ALWAYS_FALSE', 'its condition never holds'];
  const speaks = days.filter(({ places }) => places.has(each));
  if (speaks.length === 0) {
    return ['UNREACHABLE', 'other layers replace, disable or lock it on all of its days'];
  }
  const shadow = holds === null ? null : shadowOf(each, holds, speaks, fuel);
  if (shadow !== null) return shadow;
  if (when.kind === 'literal' || clausesOf(when, false)?.length !== 0) return null;
  return ['ALWAYS_TRUE', 'its condition holds whenever its facts are there'];
}

function shadowOf(
  each: Looked,
  holds: readonly Clause[],
  days: readonly Asked[],
  fuel: Fuel,
): readonly [LintCode, string] | null {
  const areCovered = (stretchOf: (asked: Asked) => Stretch | null): boolean =>
    days.every((asked) => {
      const stretch = stretchOf(asked);
      return stretch !== null && holds.every((clause) => isCovered(clause, stretch, fuel));
    });
  const isByAll = areCovered(({ covers, places }) => {
    const until = places.get(each)?.[0] ?? 0;
    return { covers, from: 0, until };
  });
  if (!isByAll) return null;
  const [{ places: earlier } = { places: new Map<Looked, never>() }] = days;
  for (const other of earlier.keys()) {
    if (other === each) break;
    const isAlone = areCovered(({ covers, places }) => {
      const place = places.get(other);
      return place === undefined ? null : { covers, from: place[0], until: place[1] };
    });
    if (!isAlone) continue;
    const { id, version, ruleSetId } = other.placed.reference;
    return ['SHADOWED', `${id} v${version} of ${ruleSetId} decides before it whenever it holds`];
  }
  return ['UNREACHABLE', 'earlier rules decide whenever it holds'];
}
