import { formatMoney, isRefusal, type Refusal, type RoundingPolicy } from '@sluice/money';
import type { AmountExpression } from './amount-expression.ts';
import { amountText } from './amount-text.ts';
import { draftBooking, type BookingDraft, type BookingEvent } from './booking-event.ts';
import type { BookingRule, BookingRuleSet, Demand } from './booking-rule.ts';
import { evaluateAmount, type NamedAmounts } from './evaluate-amount.ts';
import { unmetDemand, valueOf } from './match-rule.ts';

/** How a rule of the event's institution stands to the event. */
export interface RuleStanding {
  /** `subSets[0].rules[1]` */
  readonly path: string;
  readonly demands: readonly Demand[];
  readonly verdict: 'wins' | 'less-specific' | 'does-not-match';
  /** Why, in words. */
  readonly because: string;
}

/** One step of an amount's evaluation, the innermost first. */
export interface AmountStep {
  /** `2.5 % of drawn` */
  readonly text: string;
  /** `2.50 USD` */
  readonly amount: string;
  /** The policy that rounded it; null when the step is exact by itself. */
  readonly rounding: RoundingPolicy | null;
}

/** An entry that a rule would book. */
export interface ExplainedEntry {
  readonly number: number;
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** `2.50 USD` */
  readonly amount: string;
  /** The entry's expression: `2.5 % of drawn`. */
  readonly expression: string;
  /** How the amount came about; the last step is the whole expression. */
  readonly steps: readonly AmountStep[];
}

/** What a rule set makes of an event, and why; plain JSON. */
export interface BookingExplanation {
  readonly event: {
    readonly key: string;
    readonly businessType: string;
    readonly institution: string;
    readonly at: string;
  };
  readonly ruleSet: {
    readonly id: string;
    readonly version: number;
    readonly effectiveFrom: string;
  };
  /** How many rules the sub rule set of the business type has; null when there is none. */
  readonly subSetRules: number | null;
  /** The rules of the event's institution, in the order in which they are tried. */
  readonly standings: readonly RuleStanding[];
  /** What would be booked; entries of zero are left out. None when it is refused. */
  readonly entries: readonly ExplainedEntry[];
  /** The numbers of the entries that are left out because their amount is zero. */
  readonly leftOut: readonly number[];
  /** Why nothing would be booked; null when the event is booked. */
  readonly refusal: Refusal | null;
}

/**
 * Tells what a rule set makes of an event: which set, sub rule set and rule, why that rule and no
 * other, and what it would book with the evaluation of each amount. What is refused is told, too.
 */
export function explainBooking(set: BookingRuleSet, event: BookingEvent): BookingExplanation {
  const { key, businessType, institution, at } = event;
  const { id, version, effectiveFrom } = set;
  const subSet = set.subSets.get(businessType);
  const draft = draftBooking(set, event);
  return {
    event: { key, businessType, institution, at },
    ruleSet: { id, version, effectiveFrom },
    subSetRules: subSet?.rules.length ?? null,
    standings: standingsOf(subSet?.byInstitution.get(institution) ?? [], event),
    ...(isRefusal(draft)
      ? { entries: [], leftOut: [], refusal: draft }
      : { ...explainEntries(draft, event), refusal: null }),
  };
}

function standingsOf(rules: readonly BookingRule[], event: BookingEvent): readonly RuleStanding[] {
  const winner = rules.find((rule) => unmetDemand(rule, event.parameters) === undefined);
  return rules.map((rule) => ({
    path: rule.path,
    demands: rule.demands,
    ...verdictOn(rule, winner, event),
  }));
}

function verdictOn(
  rule: BookingRule,
  winner: BookingRule | undefined,
  { parameters }: BookingEvent,
): Pick<RuleStanding, 'verdict' | 'because'> {
  const { institution, demands } = rule;
  const unmet = unmetDemand(rule, parameters);
  if (unmet !== undefined) {
    const value = valueOf(parameters, unmet.parameter);
    const has = value === undefined ? 'is not given' : `is ${value}`;
    const because = `it demands ${shown(unmet)}, and ${unmet.parameter} ${has}`;
    return { verdict: 'does-not-match', because };
  }
  if (rule !== winner) {
    const most = winner?.demands.length ?? 0;
    const because = `it matches as well, but demands less: ${demands.length} of ${most}`;
    return { verdict: 'less-specific', because };
  }
  const because =
    demands.length === 0
      ? `it is for ${institution} in general, and no other matches`
      : `it demands the most of those that match: ${demands.map(shown).join(', ')}`;
  return { verdict: 'wins', because };
}

function shown({ parameter, value }: Demand): string {
  return `${parameter}=${value}`;
}

function explainEntries(
  { rule, entries }: BookingDraft,
  { amounts }: BookingEvent,
): Pick<BookingExplanation, 'entries' | 'leftOut'> {
  const booked = new Set(entries.map(({ number }) => number));
  return {
    entries: entries.map(({ number, debitAccount, creditAccount, amount }) => {
      const expression = rule.entries[number - 1]?.amount ?? '';
      return {
        number,
        debitAccount,
        creditAccount,
        amount: formatMoney(amount),
        expression: amountText(expression),
        steps: stepsOf(expression, amounts),
      };
    }),
    leftOut: rule.entries.map((_, index) => index + 1).filter((number) => !booked.has(number)),
  };
}

/** Each part once, before what it is a part of. */
function stepsOf(expression: AmountExpression, amounts: NamedAmounts): readonly AmountStep[] {
  const steps = new Map<string, AmountStep>();
  for (const part of partsOf(expression)) {
    const value = evaluateAmount(part, amounts);
    if (isRefusal(value)) throw new Error(`a part of a booked amount was refused: ${value.code}`);
    const text = amountText(part);
    const rounding = typeof part !== 'string' && part.kind === 'share' ? part.rounding : null;
    steps.set(text, { text, amount: formatMoney(value), rounding });
  }
  return [...steps.values()];
}

function partsOf(expression: AmountExpression): readonly AmountExpression[] {
  if (typeof expression === 'string') return [expression];
  switch (expression.kind) {
    case 'share':
      return [...partsOf(expression.of), expression];
    case 'sum':
      return [...expression.of.flatMap(partsOf), expression];
    case 'difference':
      return [...[expression.of, ...expression.less].flatMap(partsOf), expression];
  }
}
