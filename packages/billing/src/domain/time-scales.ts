import { Temporal } from 'temporal-polyfill/full';
import type { ElementFault, Scale } from './scale.ts';
import type { DateDimension, TimeDimension, TimeOfDayDimension } from './tariff.ts';
import { attempt } from './time-zones.ts';

const dayUs = 86_400_000_000n;
const firstDay = Temporal.PlainDate.from('0001-01-01');
const lastDay = Temporal.PlainDate.from('9999-12-31');
const epochDay = Temporal.PlainDate.from('1970-01-01');

/** Days since 1970-01-01; bounds are written in the dimension's calendar. */
export function dateScale({ calendar, timeZone }: Omit<DateDimension, 'intervals'>): Scale {
  const given = timeZone === null ? 'a day such as 2017-07-01' : 'a day or an instant';
  return {
    unit: calendar === 'iso8601' ? '' : `(${calendar})`,
    form: `day such as ${formatDay(epochDay, calendar)} of the calendar ${calendar}`,
    parse(text) {
      const day = parseDay(text, calendar);
      return day === undefined ? undefined : stepsOf(day);
    },
    format: (steps) => formatDay(epochDay.add({ days: Number(steps) }), calendar),
    element: (steps) => epochDay.add({ days: Number(steps) }).toString(),
    read(element) {
      if (typeof element !== 'string') return wrongType(`must be ${given}, as ISO 8601 text`);
      const day = parseDay(element, 'iso8601') ?? localDay(element, timeZone);
      return day === undefined ? wrongType(`must be ${given}, as ISO 8601 text`) : stepsOf(day);
    },
  };
}

/** Microseconds since 1970; bounds are written on the wall clock of the dimension's time zone. */
export function timeScale({ calendar, timeZone }: Omit<TimeDimension, 'intervals'>): Scale {
  const format = (steps: bigint): string => {
    const local = new Temporal.Instant(steps * 1_000n).toZonedDateTimeISO(timeZone);
    const time = local.toPlainTime().toString();
    return `${formatDay(local.toPlainDate(), calendar)}T${time}${local.offset}`;
  };
  return {
    unit: timeZone,
    form: `time such as ${format(0n)} (the offset may be left out where the clock is not turned)`,
    parse: (text) => parseLocal(text, calendar, timeZone),
    format,
    element: (steps) => new Temporal.Instant(steps * 1_000n).toString(),
    read: readInstant,
  };
}

/** Microseconds since midnight on the wall clock of the time zone. */
export function timeOfDayScale({ timeZone }: Omit<TimeOfDayDimension, 'intervals'>): Scale {
  const formatTime = (steps: bigint): string => {
    const seconds = Number(steps / 1_000_000n);
    const microseconds = Number(steps % 1_000_000n);
    return new Temporal.PlainTime().add({ seconds, microseconds }).toString();
  };
  return {
    unit: timeZone,
    form: 'time of the day such as 08:30, up to 24:00',
    parse(text) {
      if (text === '24:00' || text === '24:00:00') return dayUs;
      const time = /^\d\d:\d\d/.test(text)
        ? attempt(() => Temporal.PlainTime.from(text))
        : undefined;
      return time === undefined ? undefined : stepsOfTime(time);
    },
    format: (steps) => (steps >= dayUs ? '24:00:00' : formatTime(steps)),
    element(steps) {
      const local = epochDay.toPlainDateTime(Temporal.PlainTime.from(formatTime(steps)));
      return local.toZonedDateTime(timeZone).toInstant().toString();
    },
    read(element) {
      const steps = readInstant(element);
      if (typeof steps !== 'bigint') return steps;
      const local = new Temporal.Instant(steps * 1_000n).toZonedDateTimeISO(timeZone);
      return stepsOfTime(local.toPlainTime()) ?? 0n;
    },
  };
}

function wrongType(problem: string): ElementFault {
  return { code: 'ELEMENT_WRONG_TYPE', problem };
}

function stepsOf(day: Temporal.PlainDate): bigint {
  return BigInt(epochDay.until(day).days);
}

function stepsOfTime(time: Temporal.PlainTime): bigint | undefined {
  if (time.nanosecond !== 0) return undefined;
  const { hour, minute, second, millisecond, microsecond } = time;
  const millis = ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond;
  return BigInt(millis) * 1_000n + BigInt(microsecond);
}

/** An instant as ISO 8601 text with an offset or Z. */
function readInstant(element: unknown): bigint | ElementFault {
  const text = typeof element === 'string' ? element : '';
  const instant = attempt(() => Temporal.Instant.from(text));
  if (instant === undefined) {
    return wrongType('must be an instant as ISO 8601 text, such as 2017-07-01T08:00:00Z');
  }
  const steps = instant.epochNanoseconds / 1_000n;
  return steps * 1_000n === instant.epochNanoseconds
    ? steps
    : { code: 'ELEMENT_WRONG_UNIT', problem: 'is finer than the microseconds that are counted' };
}

function localDay(text: string, timeZone: string | null): Temporal.PlainDate | undefined {
  if (timeZone === null) return undefined;
  const day = attempt(() => Temporal.Instant.from(text).toZonedDateTimeISO(timeZone).toPlainDate());
  return day !== undefined && isKnownDay(day) ? day : undefined;
}

const dayPattern = /^(\d{4})-(\d{2}L?)-(\d{2})$/;

/** A day `year-month-day` of the calendar; the month is Temporal's code, `05L` is a leap month. */
function parseDay(text: string, calendar: string): Temporal.PlainDate | undefined {
  const [, year, month, day] = dayPattern.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const parts = { calendar, year: Number(year), monthCode: `M${month}`, day: Number(day) };
  const found = attempt(() =>
    Temporal.PlainDate.from(parts, { overflow: 'reject' }).withCalendar('iso8601'),
  );
  return found !== undefined && isKnownDay(found) ? found : undefined;
}

function isKnownDay(day: Temporal.PlainDate): boolean {
  return (
    Temporal.PlainDate.compare(day, firstDay) >= 0 && Temporal.PlainDate.compare(day, lastDay) <= 0
  );
}

function formatDay(day: Temporal.PlainDate, calendar: string): string {
  const { year, monthCode, day: number } = day.withCalendar(calendar);
  const two = String(number).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${monthCode.slice(1)}-${two}`;
}

/** A local time that the clock shows exactly once, or one with its offset. */
function parseLocal(text: string, calendar: string, timeZone: string): bigint | undefined {
  const [, date = '', clock = '', offset] =
    /^([^T]+)T(\d\d:\d\d[\d:.]*)(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const day = parseDay(date, calendar);
  const time = attempt(() => Temporal.PlainTime.from(clock));
  if (day === undefined || time === undefined || time.nanosecond !== 0) return undefined;
  const local = day.toPlainDateTime(time);
  const instant = attempt(() =>
    offset === undefined
      ? local.toZonedDateTime(timeZone, { disambiguation: 'reject' }).toInstant()
      : Temporal.Instant.from(`${local.toString()}${offset}`),
  );
  return instant === undefined ? undefined : instant.epochNanoseconds / 1_000n;
}
