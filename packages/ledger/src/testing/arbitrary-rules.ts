import { money, roundingModes, type RoundingPolicy } from '@sluice/money';
import fc from 'fast-check';
import type { BookingEvent } from '../domain/booking/booking-event.ts';
import type {
  AmountJson,
  BookingRuleJson,
  BookingRulesJson,
} from '../domain/booking/format-booking-rules.ts';
import { at } from './samples.ts';

/** Few values of few parameters, so that rules meet, miss and tie often. */
export const parameterValues = {
  channel: ['app', 'web'],
  currency: ['USD', 'CNY'],
  region: ['east', 'west'],
} as const;

const institutions = ['corner', 'market'];
export const businessTypes = ['subsidy.coupon', 'subsidy.match'];

/** Some of the parameters, each with one of its values. */
export const someParameters: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .tuple(
    ...Object.entries(parameterValues).map(([parameter, values]) =>
      fc.option(fc.constantFrom(...values)).map((value) => ({ parameter, value })),
    ),
  )
  .map((all) =>
    Object.fromEntries(
      all.flatMap(({ parameter, value }) => (value === null ? [] : [[parameter, value]])),
    ),
  );

const rounding: fc.Arbitrary<RoundingPolicy> = fc.record({
  mode: fc.constantFrom(...roundingModes),
  scale: fc.constantFrom<RoundingPolicy['scale'][]>('currency', 0, 1, 2),
  stage: fc.constant('line'),
});

const name: fc.Arbitrary<AmountJson> = fc.constantFrom('drawn', 'fee');

/** Expressions over the amounts `drawn` and `fee`. */
export const amountJson: fc.Arbitrary<AmountJson> = expressionOf(3);

function expressionOf(depth: number): fc.Arbitrary<AmountJson> {
  if (depth === 0) return name;
  const inner = expressionOf(depth - 1);
  const share = fc.record({
    kind: fc.constant('share' as const),
    of: inner,
    rate: fc.integer({ min: 1, max: 10_000 }).map((bps) => String(bps / 10_000)),
    rounding,
  });
  const sum = fc.record({
    kind: fc.constant('sum' as const),
    of: fc.array(inner, { minLength: 2, maxLength: 3 }),
  });
  const difference = fc.record({
    kind: fc.constant('difference' as const),
    of: inner,
    less: fc.array(inner, { minLength: 1, maxLength: 2 }),
  });
  return fc.oneof<fc.Arbitrary<AmountJson>[]>(name, share, sum, difference);
}

const entry = fc.record({
  debit: fc.constantFrom('funding/{source}', 'pool/intermediary'),
  credit: fc.constantFrom('payable/{seller}', 'income/fees', 'funding/back'),
  amount: fc.oneof({ weight: 2, arbitrary: name }, amountJson),
});

const rule: fc.Arbitrary<BookingRuleJson> = fc.record({
  institution: fc.constantFrom(...institutions),
  when: someParameters,
  entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
});

/** Rule sets as they are written, right but for ties. */
export const rulesJson: fc.Arbitrary<BookingRulesJson> = fc.record({
  id: fc.constant('random'),
  version: fc.integer({ min: 1, max: 9 }),
  effectiveFrom: fc.constant('2017-01-01'),
  subSets: fc.uniqueArray(fc.constantFrom(...businessTypes), { minLength: 1 }).chain((types) =>
    fc.tuple(
      ...types.map((businessType) =>
        fc.record({
          businessType: fc.constant(businessType),
          rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
        }),
      ),
    ),
  ),
});

/** Events of which most find a rule; some of their amounts are zero. */
export const bookingEvent: fc.Arbitrary<BookingEvent> = fc
  .record({
    businessType: fc.constantFrom(...businessTypes),
    institution: fc.constantFrom(...institutions),
    number: fc.nat(1_000_000),
    parameters: someParameters,
    drawn: fc.bigInt({ min: 0n, max: 100_000n }),
    fee: fc.bigInt({ min: 0n, max: 10n }),
    source: fc.constantFrom('match', 'brand'),
  })
  .map(({ businessType, institution, number, parameters, drawn, fee, source }) => ({
    businessType,
    institution,
    key: `draw:${number}`,
    reference: `RED-${number}`,
    at,
    parameters: { ...parameters, source, seller: String(number % 7) },
    amounts: { drawn: money(drawn, 'USD'), fee: money(fee, 'USD') },
  }));
