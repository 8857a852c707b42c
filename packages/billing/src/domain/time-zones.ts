import { Temporal } from 'temporal-polyfill/full';

/** Whether Temporal knows the calendar. */
export function isCalendar(id: string): boolean {
  return attempt(() => new Temporal.PlainDate(2000, 1, 1, id)) !== undefined;
}

/** Whether Temporal knows the time zone. */
export function isTimeZone(id: string): boolean {
  return attempt(() => epoch.toZonedDateTimeISO(id)) !== undefined;
}

const epoch = Temporal.Instant.fromEpochMilliseconds(0);

/** What Temporal makes of a text; undefined where an exception says that it is not its own. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
