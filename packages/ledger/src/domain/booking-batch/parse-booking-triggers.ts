import { refuse, type Refusal } from '@sluice/money';
import { z } from 'zod';
import type { TriggerSettings } from './booking-triggers.ts';

/** Below a second the period would be the polling of a queue; above a month, the task is lost. */
const periodsMs = { min: 1_000, max: 30 * 24 * 3_600_000 };
const maxCount = 100_000;

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
  error: 'must be a name of letters, digits and ._- (100 at most)',
});

const count = z
  .int({ error: `must be a whole number from 1 to ${maxCount}, or left out` })
  .min(1, { error: `must be a whole number from 1 to ${maxCount}, or left out` })
  .max(maxCount, { error: `must be a whole number from 1 to ${maxCount}, or left out` });

const periodText = `must be whole milliseconds from ${periodsMs.min} to ${periodsMs.max}`;

const settings = {
  periodMs: z
    .int({ error: periodText })
    .min(periodsMs.min, { error: periodText })
    .max(periodsMs.max, { error: periodText }),
  maxAccounts: count.optional(),
  maxEntries: count.optional(),
};

const file = z.strictObject({
  byDefault: z.strictObject(settings).optional(),
  rules: z
    .array(z.strictObject({ institution: name, rule: name, ...settings }))
    .superRefine((rules, context) => {
      const seen = new Set<string>();
      rules.forEach(({ institution, rule }, index) => {
        if (seen.has(nameOf(institution, rule))) {
          const message = `"${rule}" of "${institution}" has triggers already`;
          context.addIssue({ code: 'custom', path: [index], message });
        }
        seen.add(nameOf(institution, rule));
      });
    }),
});

/** The triggers of booking rules; one without any is not sent to an accounting server. */
export interface BookingTriggers {
  /** Of one booking rule; null when its bookings are not sent. */
  of(institution: string, rule: string): TriggerSettings | null;
}

/** No booking is sent to an accounting server. */
export const noBookingTriggers: BookingTriggers = { of: () => null };

/**
 * Reads the triggers of booking rules from JSON: `byDefault` for every rule without its own.
 *
 * @returns the triggers, or the refusal `BOOKING_TRIGGERS_INVALID`, which lists every fault with
 *   its path.
 */
export function parseBookingTriggers(json: unknown): BookingTriggers | Refusal {
  const parsed = file.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'the whole'}: ${message}`,
    );
    return refuse(
      'BOOKING_TRIGGERS_INVALID',
      `the triggers of booking batches have ${faults.length} fault(s), the first at ${faults[0]}`,
      { faults },
    );
  }
  const { byDefault, rules } = parsed.data;
  const own = new Map(
    rules.map((one) => [nameOf(one.institution, one.rule), settingsOf(one)] as const),
  );
  const otherwise = byDefault === undefined ? null : settingsOf(byDefault);
  return { of: (institution, rule) => own.get(nameOf(institution, rule)) ?? otherwise };
}

function settingsOf(read: {
  readonly periodMs: number;
  readonly maxAccounts?: number | undefined;
  readonly maxEntries?: number | undefined;
}): TriggerSettings {
  const { periodMs, maxAccounts = null, maxEntries = null } = read;
  return { periodMs, maxAccounts, maxEntries };
}

function nameOf(institution: string, rule: string): string {
  return `${institution}\n${rule}`;
}
