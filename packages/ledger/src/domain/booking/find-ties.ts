import type { BookingRule, Demand } from './booking-rule.ts';

/** Two rules of one sub rule set that some request matches equally well. */
export interface BookingTie<Rule> {
  readonly first: Rule;
  /** The one that stands later. */
  readonly second: Rule;
  /** The smallest request that both match, and no rule better: institution and parameters. */
  readonly request: Readonly<Record<string, string>>;
}

/** What of a rule decides which requests it matches, and how well. */
export type Demanding = Pick<BookingRule, 'institution' | 'demands'>;

/**
 * Finds the rules of a sub rule set between which the most specific one could not be told. Two
 * rules tie when they demand as many parameters, no parameter with different values, and no third
 * rule that demands more is met by all that the two demand together: then exactly that request is
 * the witness. Without a tie no request at all is ambiguous: one with a further parameter is met
 * by the same rules or by more of them, and of any two that match it best the same would hold.
 *
 * @returns for each rule its tie with the first of those before it, if it has one.
 */
export function findTies<Rule extends Demanding>(
  rules: readonly Rule[],
): readonly BookingTie<Rule>[] {
  const groups = Map.groupBy(rules, ({ institution }) => institution);
  return [...groups.values()].flatMap((group) =>
    group.flatMap((second, index) => {
      for (const first of group.slice(0, index)) {
        const request = tiedRequest(first, second, group);
        if (request !== undefined) return [{ first, second, request }];
      }
      return [];
    }),
  );
}

function tiedRequest(
  first: Demanding,
  second: Demanding,
  group: readonly Demanding[],
): Readonly<Record<string, string>> | undefined {
  if (first.demands.length !== second.demands.length) return undefined;
  const together = new Map<string, string>();
  for (const { parameter, value } of [...first.demands, ...second.demands]) {
    if ((together.get(parameter) ?? value) !== value) return undefined;
    together.set(parameter, value);
  }
  const meets = ({ parameter, value }: Demand): boolean => together.get(parameter) === value;
  const isBetter = ({ demands }: Demanding): boolean =>
    demands.length > first.demands.length && demands.every(meets);
  if (group.some(isBetter)) return undefined;
  return { institution: first.institution, ...Object.fromEntries(together) };
}
