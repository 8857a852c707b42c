import type { Rule, RuleSet } from '../language/rule-set.ts';
import type { ValueType } from '../language/value-type.ts';
import { printExpression, quoted, reservedIn } from './print-expression.ts';
import { notApplied } from './rule-set-to-json.ts';

/** Comments by the path of the entry that they stand before; `end` stands behind the last one. */
export type Comments = ReadonlyMap<string, readonly string[]>;

/** One entry of a printed map or list: `id: "x"`. */
interface Entry {
  readonly path: string;
  readonly text: string;
}

/** Prints a rule set in the text form; `parseRuleSetText` reads it back. */
export function printRuleSet(ruleSet: RuleSet, comments: Comments = new Map()): string {
  const { id, version, scope, facts, rules } = ruleSet;
  const scopeId = scope.id === null ? '' : `, id: ${quoted(scope.id)}`;
  const factEntries = [...facts].map(([name, type]) => ({
    path: `facts[${JSON.stringify(name)}]`,
    text: `${reservedIn(name) ? quoted(name) : name}: ${typeText(type)}`,
  }));
  const ruleEntries = rules.map((rule, index) => {
    const path = `rules[${index}]`;
    return { path, text: block('{', ruleEntriesOf(rule, path), '}', 4, comments) };
  });
  const entries = [
    { path: 'id', text: `id: ${quoted(id)}` },
    { path: 'version', text: `version: ${version}` },
    { path: 'scope', text: `scope: { level: ${quoted(scope.level)}${scopeId} }` },
    { path: 'facts', text: `facts: ${block('{', factEntries, '}', 2, comments)}` },
    { path: 'rules', text: `rules: ${block('[', ruleEntries, ']', 2, comments)}` },
  ];
  const head = (comments.get('') ?? []).map((comment) => `${comment}\n`).join('');
  return `${head}${block('{', entries, '}', 0, comments, 'end')}\n`;
}

function ruleEntriesOf(rule: Rule, path: string): readonly Entry[] {
  const { id, version, business, describe, effectiveFrom, effectiveTo, lock, when, then } = rule;
  const texts: readonly (readonly [key: string, text: string | null])[] = [
    ['id', quoted(id)],
    ['version', String(version)],
    ['business', quoted(business)],
    ['describe', describe === null ? null : quoted(describe)],
    ['effectiveFrom', effectiveFrom === null ? null : quoted(effectiveFrom)],
    ['effectiveTo', effectiveTo === null ? null : quoted(effectiveTo)],
    ['lock', lock ? 'true' : null],
    ['disable', then.outcome === 'disabled' ? 'true' : null],
    ['when', then.outcome === 'disabled' ? null : printExpression(when, 8, 12)],
    ['then', then.outcome === 'applied' ? printExpression(then.value, 8, 12) : null],
    ['then', then.outcome === 'not-applied' ? `${notApplied}()` : null],
  ];
  return texts.flatMap(([key, text]) =>
    text === null ? [] : [{ path: `${path}.${key}`, text: `${key}: ${text}` }],
  );
}

function block(
  open: string,
  entries: readonly Entry[],
  close: string,
  indent: number,
  comments: Comments,
  last?: string,
): string {
  const [inner, outer] = [' '.repeat(indent + 2), ' '.repeat(indent)];
  const lines = entries.flatMap(({ path, text }) => [
    ...(comments.get(path) ?? []).map((comment) => inner + comment),
    `${inner}${text},`,
  ]);
  const ending = last === undefined ? [] : (comments.get(last) ?? []);
  lines.push(...ending.map((comment) => inner + comment));
  return lines.length === 0 ? open + close : `${open}\n${lines.join('\n')}\n${outer}${close}`;
}

function typeText(type: ValueType): string {
  if (type.kind === 'list') return `list(${typeText(type.of)})`;
  const currency = type.kind === 'money' ? type.currency : null;
  return currency === null ? type.kind : `money(${quoted(currency)})`;
}
