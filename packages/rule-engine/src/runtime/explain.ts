import { valueText } from '../language/value.ts';
import type { Decision } from './decision.ts';
import type { TraceLine } from './trace.ts';

const headings = { applied: 'applied', 'not-applied': 'not applied', unknown: 'unknown' } as const;
// Of these the parts are the reason, or there is none.
const silent = ['and', 'or', 'not', 'if', 'rule', 'literal'];

/**
 * A decision in words, for people who ask why: what it is and the steps it hangs on.
 * `not applied: basket.total 18.90 USD below 20.00 USD` when one reason says it all, else one line
 * per reason.
 */
export function explain(decision: Decision): string {
  const reasons = reasonsOf(decision);
  const heading = headingOf(decision);
  const [first] = reasons;
  if (first === undefined && decision.rule !== null) return heading;
  if (first === undefined) return `${heading}: no rule of "${decision.business}" is in effect`;
  if (reasons.length === 1) return `${heading}: ${first}`;
  return [`${heading}:`, ...reasons.map((reason) => `  ${reason}`)].join('\n');
}

function headingOf({ outcome, value, rule }: Decision): string {
  const what = value === null ? headings[outcome] : `${headings[outcome]} ${valueText(value)}`;
  if (rule === null) return what;
  const { id, version, layer, ruleSetId, ruleSetVersion } = rule;
  return `${what} by ${id} v${version} (${layer} set ${ruleSetId} v${ruleSetVersion})`;
}

function reasonsOf({ trace, rule }: Decision): readonly string[] {
  const asked = trace.filter(({ path, decisive }) => path === '' && decisive);
  return asked.flatMap((head) => {
    const speaks = head.rule === rule;
    const isUnknown = head.outcome === 'unknown';
    if (rule !== null && !speaks && !isUnknown) return [];
    const steps = trace.filter((line) => line.rule === head.rule && isReason(line));
    const counting = isUnknown ? steps.filter(({ outcome }) => outcome === 'unknown') : steps;
    const texts = [...new Set(counting.map(({ text }) => text))];
    if (texts.length === 0) return speaks ? [] : [head.text];
    if (speaks || asked.length === 1) return texts;
    return texts.map((text) => `${head.rule.id}${isUnknown ? ' is unknown' : ''}: ${text}`);
  });
}

function isReason({ decisive, node }: TraceLine): boolean {
  return decisive && !silent.includes(node);
}
