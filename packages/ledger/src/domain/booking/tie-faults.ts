import { faultPath } from './fault-path.ts';
import { findTies, type BookingTie, type Demanding } from './find-ties.ts';

interface Placed extends Demanding {
  readonly index: number;
}

/**
 * The faults of rules that are right one by one and not beside one another: a business type with
 * two sub rule sets, and rules that tie. Rules that cannot be read are passed over, so that their
 * faults and these are told at once.
 *
 * @param readRule gives undefined for what is no rule.
 */
export function tieFaults(
  json: unknown,
  readRule: (json: unknown) => Demanding | undefined,
): readonly string[] {
  const seen = new Set<unknown>();
  return listIn(json, 'subSets').flatMap((subSet, place) => {
    const businessType = fieldOf(subSet, 'businessType');
    const repeated = typeof businessType === 'string' && seen.has(businessType);
    seen.add(businessType);
    const rules = listIn(subSet, 'rules').flatMap((rule, index): readonly Placed[] => {
      const read = readRule(rule);
      return read === undefined ? [] : [{ ...read, index }];
    });
    return [
      ...(repeated
        ? [`subSets[${place}].businessType: "${businessType}" has a sub rule set already`]
        : []),
      ...findTies(rules).map((tie) => tieFault(tie, place)),
    ];
  });
}

function tieFault({ first, second, request }: BookingTie<Placed>, place: number): string {
  const path = faultPath(['subSets', place, 'rules', second.index]);
  const count = first.demands.length;
  const shown = Object.entries(request).map(([name, value]) => `${name}=${value}`);
  const equal =
    count === 0 ? 'both demand the institution alone' : `each demands ${count} of its parameters`;
  return (
    `${path}: ties with rules[${first.index}] for the request ${shown.join(', ')}: ${equal}; ` +
    'let one demand more, take one away, or add a rule that demands all of it'
  );
}

function fieldOf(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, name)) return undefined;
  return (json as Readonly<Record<string, unknown>>)[name];
}

function listIn(json: unknown, name: string): readonly unknown[] {
  const list = fieldOf(json, name);
  return Array.isArray(list) ? list : [];
}
