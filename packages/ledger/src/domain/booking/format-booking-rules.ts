import type { RoundingPolicy } from '@sluice/money';
import type { AmountExpression } from './amount-expression.ts';
import type { BookingRule, BookingRuleSet } from './booking-rule.ts';

/** An amount expression as it stands in JSON. */
export type AmountJson =
  | string
  | {
      readonly kind: 'share';
      readonly of: AmountJson;
      readonly rate: string;
      readonly rounding: { readonly [Field in keyof RoundingPolicy]: RoundingPolicy[Field] };
    }
  | { readonly kind: 'sum'; readonly of: readonly AmountJson[] }
  | { readonly kind: 'difference'; readonly of: AmountJson; readonly less: readonly AmountJson[] };

/** A rule as it stands in JSON; `when` is there when it demands more than the institution. */
export interface BookingRuleJson {
  readonly institution: string;
  readonly when?: Readonly<Record<string, string>>;
  readonly entries: readonly {
    readonly debit: string;
    readonly credit: string;
    readonly amount: AmountJson;
  }[];
}

/** A rule set as an owner writes it. */
export interface BookingRulesJson {
  readonly id: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly subSets: readonly {
    readonly businessType: string;
    readonly rules: readonly BookingRuleJson[];
  }[];
}

/** The JSON that a rule set was read from, or one that says the same. */
export function formatBookingRules(set: BookingRuleSet): BookingRulesJson {
  const { id, version, effectiveFrom, subSets } = set;
  return {
    id,
    version,
    effectiveFrom,
    subSets: [...subSets.values()].map(({ businessType, rules }) => ({
      businessType,
      rules: rules.map(formatRule),
    })),
  };
}

function formatRule({ institution, demands, entries }: BookingRule): BookingRuleJson {
  const when = Object.fromEntries(demands.map(({ parameter, value }) => [parameter, value]));
  return {
    institution,
    ...(demands.length === 0 ? {} : { when }),
    entries: entries.map(({ debit, credit, amount }) => ({
      debit,
      credit,
      amount: formatAmountExpression(amount),
    })),
  };
}

function formatAmountExpression(expression: AmountExpression): AmountJson {
  if (typeof expression === 'string') return expression;
  const { kind } = expression;
  switch (kind) {
    case 'share': {
      const { of, rate, rounding } = expression;
      return { kind, of: formatAmountExpression(of), rate: rate.toFixed(), rounding };
    }
    case 'sum':
      return { kind, of: expression.of.map(formatAmountExpression) };
    case 'difference': {
      const { of, less } = expression;
      return { kind, of: formatAmountExpression(of), less: less.map(formatAmountExpression) };
    }
  }
}
