import { refuse, type Refusal } from '@sluice/money';
import { z } from 'zod';

const firstDay = '0001-01-01';

/** A day of the calendar as `YYYY-MM-DD`: exactly those that PostgreSQL's `date` reads so. */
export const businessDate = z.iso
  .date('write the day like 2017-07-01')
  .refine((day) => day >= firstDay, 'the calendar has no year 0');

/** `DATE_MALFORMED` where the text is no such day. */
export function refuseDate(on: string): Refusal | undefined {
  if (businessDate.safeParse(on).success) return undefined;
  return refuse('DATE_MALFORMED', `"${on}" is not a day: write it like 2017-07-01`, { on });
}
