import { isRefusal, parseCurrency, roundingModes } from '@sluice/money';
import { z } from 'zod';
import { businessDate } from './business-date.ts';
import { maxCells } from './cells.ts';

const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'use letters, digits, ".", "_" and "-"');
const dimensionName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,49}$/, 'use letters, digits and "_", beginning with a letter');
const word = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'use 1 to 100 printable characters')
  .refine((text) => text.trim() === text, 'drop the spaces around it')
  .refine((text) => text !== '*', '"*" stands for all intervals and cannot be a value');
const maxIntervals = 10_000;
const decimalText = z.string().max(40);

const interval = z
  .strictObject({
    from: decimalText.nullable(),
    fromIncluded: z.boolean().optional(),
    to: decimalText.nullable(),
    toIncluded: z.boolean().optional(),
  })
  .refine(({ from, fromIncluded }) => from !== null || fromIncluded !== true, {
    message: 'an interval without lower end cannot include it: drop fromIncluded',
  })
  .refine(({ to, toIncluded }) => to !== null || toIncluded !== true, {
    message: 'an interval without upper end cannot include it: drop toIncluded',
  });

const dimension = z.discriminatedUnion('type', [
  z.strictObject({
    name: dimensionName,
    type: z.literal('money'),
    intervals: z.array(interval).min(1).max(maxIntervals),
  }),
  z.strictObject({
    name: dimensionName,
    type: z.literal('number'),
    unit: word,
    decimals: z.int().min(0).max(18),
    intervals: z.array(interval).min(1).max(maxIntervals),
  }),
  z.strictObject({
    name: dimensionName,
    type: z.literal('enumeration'),
    values: z.array(word).min(1).max(maxCells),
    default: word.optional(),
  }),
]);

const rate = z.strictObject({
  cell: z.record(
    z.string(),
    z.union([z.int().min(1), z.string()], {
      error: 'use a value, the number of an interval or "*"',
    }),
  ),
  proportion: decimalText.optional(),
  flat: decimalText.optional(),
});

/** The shape of a tariff message; what it means is checked by `parseTariff`. */
export const tariffMessage = z.strictObject({
  id,
  businessId: id,
  version: z.int().min(1).max(2_147_483_647),
  currency: z
    .string()
    .refine((code) => !isRefusal(parseCurrency(code)), 'use an ISO 4217 code such as CNY'),
  effectiveFrom: businessDate,
  rounding: z.strictObject({
    mode: z.enum(roundingModes),
    scale: z.union([z.literal('currency'), z.int().min(0)], {
      error: 'use "currency" or a number of decimal places',
    }),
    stage: z.enum(['line', 'total']),
  }),
  dimensions: z.array(dimension).min(1).max(16),
  order: z.array(z.string()),
  rates: z.array(rate).max(maxCells),
});

/** A tariff as finance people write it. */
export type TariffMessage = z.infer<typeof tariffMessage>;
/** A dimension of the message. */
export type DimensionMessage = TariffMessage['dimensions'][number];
/** A line of the message's rates. */
export type RateMessage = TariffMessage['rates'][number];
