import { z } from 'zod';

const times = z.int().min(1).max(1_000).default(1);
const simple = [
  'answer-lost',
  'error-before-booking',
  'error-after-booking',
  'delivered-twice',
  'refuse',
] as const;

/** The body of `POST /script`: a failure for the next batches, one each. */
export const scriptSchema = z.discriminatedUnion('failure', [
  z.strictObject({ failure: z.enum(simple), times }),
  z.strictObject({ failure: z.literal('delay'), times, delayMs: z.int().min(1).max(600_000) }),
]);

/**
 * `answer-lost`: the batch is booked, and the connection held open without an answer.
 * `error-before-booking` and `error-after-booking`: a 500, without or with the batch booked.
 * `delivered-twice`: the request is handled twice, as a network may deliver it. `refuse`: a
 * definite no, nothing is booked. `delay`: the batch is booked, the answer comes later.
 */
export type Script = z.infer<typeof scriptSchema>;
