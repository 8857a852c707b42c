import { z } from 'zod';

const times = z.int().min(1).max(1_000).default(1);

/** The body of `POST /script`: a failure for the next accepted payments, one each. */
export const scriptSchema = z.discriminatedUnion('failure', [
  z.strictObject({ failure: z.literal('timeout-after-paid'), times }),
  z.strictObject({
    failure: z.literal('return-next-day'),
    times,
    reasonCode: z
      .string()
      .regex(/^[A-Z0-9]{4}$/)
      .default('AC04'),
  }),
]);

/**
 * `timeout-after-paid`: the bank books the payment, then does not answer. `return-next-day`: the
 * payment is booked, and comes back when the bank's next business day begins.
 */
export type Script = z.infer<typeof scriptSchema>;
