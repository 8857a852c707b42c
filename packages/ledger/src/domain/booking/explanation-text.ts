import type { BookingExplanation, ExplainedEntry, RuleStanding } from './explain-booking.ts';

const verdicts: Readonly<Record<RuleStanding['verdict'], string>> = {
  wins: 'wins',
  'less-specific': 'is less specific',
  'does-not-match': 'does not match',
};

/** An explanation as people read it, line by line. */
export function explanationText(explanation: BookingExplanation): string {
  const { event, ruleSet, refusal } = explanation;
  return [
    `${event.key}: ${event.businessType} of ${event.institution}, ${event.at}`,
    `rule set ${ruleSet.id} version ${ruleSet.version}, in force from ${ruleSet.effectiveFrom}`,
    ...rulesText(explanation),
    ...(refusal === null
      ? entriesText(explanation)
      : [`books nothing: ${refusal.code}`, `  ${refusal.message}`]),
  ].join('\n');
}

function rulesText({ event, subSetRules, standings }: BookingExplanation): readonly string[] {
  if (subSetRules === null) return [`no sub rule set ${event.businessType}`];
  const ours = `${standings.length} of ${event.institution}`;
  return [
    `sub rule set ${event.businessType}, rules: ${subSetRules}, ${ours}`,
    ...standings.map(({ path, verdict, because }) => `  ${path} ${verdicts[verdict]}: ${because}`),
  ];
}

function entriesText({ entries, leftOut }: BookingExplanation): readonly string[] {
  return [
    entries.length === 0 ? 'books nothing: every amount is zero' : 'books',
    ...entries.flatMap(entryText),
    ...leftOut.map((number) => `  ${number}. is left out: its amount is zero`),
  ];
}

function entryText(entry: ExplainedEntry): readonly string[] {
  const { number, debitAccount, creditAccount, amount, expression, steps } = entry;
  const inner = steps.length === 1 ? [] : steps;
  return [
    `  ${number}. debit ${debitAccount}, credit ${creditAccount}: ${amount} (${expression})`,
    ...inner.map((step) => {
      const { rounding } = step;
      const how =
        rounding === null ? '' : `, rounded ${rounding.mode} to ${placesText(rounding.scale)}`;
      return `     ${step.text} = ${step.amount}${how}`;
    }),
  ];
}

function placesText(scale: number | 'currency'): string {
  return scale === 'currency' ? "the currency's places" : `${scale} places`;
}
