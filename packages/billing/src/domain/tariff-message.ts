import { isRefusal, parseCurrency } from '@sluice/money';
import { z } from 'zod';
import { businessDate } from './business-date.ts';
import { maxCells } from './cells.ts';
import { maxDecimalLength } from './exact.ts';
import { dimensionName, word } from './message-words.ts';
import { roundingMessage } from './rates/rate-message.ts';
import { maxSetValues } from './tariff.ts';
import { isCalendar, isTimeZone } from './time-zones.ts';

const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'use letters, digits, ".", "_" and "-"');
const maxIntervals = 10_000;
/** More dimensions than that are a mistake; the number of cells is what limits a tariff. */
const maxDimensions = 64;
const bound = z.string().max(maxDecimalLength);
const number = z.int().min(1).max(2_147_483_647);

const interval = z
  .strictObject({
    number: number.optional(),
    from: bound.nullable(),
    fromIncluded: z.boolean().optional(),
    to: bound.nullable(),
    toIncluded: z.boolean().optional(),
  })
  .refine(({ from, fromIncluded }) => from !== null || fromIncluded !== true, {
    message: 'an interval without lower end cannot include it: drop fromIncluded',
  })
  .refine(({ to, toIncluded }) => to !== null || toIncluded !== true, {
    message: 'an interval without upper end cannot include it: drop toIncluded',
  });
const intervals = z.array(interval).min(1).max(maxIntervals);

const calendar = z
  .string()
  .refine(isCalendar, 'use a calendar such as iso8601, persian or chinese')
  .optional();
const timeZone = z.string().refine(isTimeZone, 'use a time zone such as Asia/Shanghai or UTC');
const common = { name: dimensionName, lastNumber: number.optional() };

const dimension = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('money'), intervals }),
  z.strictObject({
    ...common,
    type: z.literal('number'),
    unit: word,
    decimals: z.int().min(0).max(18),
    intervals,
  }),
  z.strictObject({
    ...common,
    type: z.literal('date'),
    calendar,
    timeZone: timeZone.optional(),
    intervals,
  }),
  z.strictObject({ ...common, type: z.literal('time'), calendar, timeZone, intervals }),
  z.strictObject({ ...common, type: z.literal('timeOfDay'), timeZone, intervals }),
  z.strictObject({
    ...common,
    type: z.literal('enumeration'),
    values: z
      .array(z.union([word, z.strictObject({ value: word, number })]))
      .min(1)
      .max(maxCells),
    default: word.optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('set'),
    values: z.array(word).min(1).max(maxSetValues),
    unlisted: z.enum(['refuse', 'ignore']),
    classes: z
      .array(
        z.strictObject({
          value: word,
          number: number.optional(),
          with: z.array(word).optional(),
          without: z.array(word).optional(),
        }),
      )
      .min(1)
      .max(2 ** maxSetValues),
  }),
]);

/**
 * The shape of a tariff message; what it means is checked by `parseTariff`, and its rates, of
 * which there can be a million, by `readRateLines`.
 */
export const tariffMessage = z.strictObject({
  id,
  businessId: id,
  version: number,
  currency: z
    .string()
    .refine((code) => !isRefusal(parseCurrency(code)), 'use an ISO 4217 code such as CNY'),
  effectiveFrom: businessDate,
  corrects: id.optional(),
  rounding: roundingMessage,
  tax: z.strictObject({ name: word, rate: bound, included: z.boolean() }).optional(),
  dimensions: z.array(dimension).min(1).max(maxDimensions),
  order: z.array(z.string()),
  rates: z.array(z.unknown()).max(maxCells),
});

/** A tariff as finance people write it, its rates not yet looked at. */
export type TariffMessage = z.infer<typeof tariffMessage>;
/** A dimension of the message. */
export type DimensionMessage = TariffMessage['dimensions'][number];
