import { roundingModes } from '@sluice/money';
import { z } from 'zod';
import { maxDecimalLength } from '../exact.ts';
import { dimensionName, word } from '../message-words.ts';
import { partsRules } from './rate-units.ts';

const decimalText = z.string().max(maxDecimalLength);

const units = z.strictObject({ of: dimensionName, unit: word, parts: z.enum(partsRules) });

const tier = z.strictObject({
  to: decimalText.nullable(),
  toIncluded: z.boolean().optional(),
  flat: decimalText.optional(),
  perUnit: decimalText.optional(),
  proportion: decimalText.optional(),
});

const tiered = {
  units: units.optional(),
  tiers: z.array(tier).min(1).max(1_000),
  zero: z.enum(['first-flat', 'nothing']),
  above: z.enum(['last-tier', 'refuse']).optional(),
  earlier: z.enum(['ignored', 'counted']),
};

const models = {
  proportion: decimalText.optional(),
  flat: decimalText.optional(),
  perUnit: z.strictObject({ price: decimalText, units }).optional(),
  package: z
    .strictObject({
      price: decimalText,
      size: decimalText,
      started: z.enum(['charged', 'free']),
      units,
    })
    .optional(),
  graduated: z.strictObject({ ...tiered, flatDue: z.enum(['entered', 'reached']) }).optional(),
  volume: z.strictObject(tiered).optional(),
  minimum: decimalText.optional(),
  maximum: decimalText.optional(),
  cap: decimalText.optional(),
};

/** A rate as a message writes it: one model, and the limits around it. */
export type RateTermsMessage = z.infer<z.ZodObject<typeof models>> & {
  readonly greaterOf?: readonly RateTermsMessage[] | undefined;
};

const rateTerms: z.ZodType<RateTermsMessage> = z.strictObject({
  ...models,
  get greaterOf() {
    return z.array(rateTerms).min(2).max(10).optional();
  },
});

/** A rounding policy as a message writes it. */
export const roundingMessage = z.strictObject({
  mode: z.enum(roundingModes),
  scale: z.union([z.literal('currency'), z.int().min(0)], {
    error: 'use "currency" or a number of decimal places',
  }),
  stage: z.enum(['line', 'total']),
});

/** The shape of a line of rates, without its cell. */
export const rateLine = z.strictObject({
  ...models,
  greaterOf: z.array(rateTerms).min(2).max(10).optional(),
  rounding: roundingMessage.optional(),
  cellId: word.optional(),
});

/** What a line of rates says beside its cell. */
export type RateLineMessage = z.infer<typeof rateLine>;
