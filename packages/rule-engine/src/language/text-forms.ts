import { isRefusal, parseRate } from '@sluice/money';
import { limits } from './limits.ts';
import type { TextForm } from './reader.ts';

function form(what: string, pattern: RegExp, length: number): TextForm {
  return { what, matches: (text) => text.length <= length && pattern.test(text) };
}

/** Ids of rules, sets and businesses. */
export const nameForm = form(
  `a name of letters, digits and . _ : - (at most ${limits.nameLength})`,
  /^[A-Za-z0-9][A-Za-z0-9._:-]*$/,
  limits.nameLength,
);

/** Names of facts: identifiers joined by dots, so that they read the same in CEL. */
export const factNameForm = form(
  'a fact name such as coupon.value',
  /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/,
  limits.nameLength,
);

/** Ids that others gave (of a device, a user, an institution) and sentences. */
export const plainTextForm = form(
  `a text of 1 to ${limits.textLength} characters`,
  /^\P{Surrogate}*\S\P{Surrogate}*$/u,
  limits.textLength,
);

/** Text literals: any text that UTF-8 can carry, also the empty one. */
export const textForm: TextForm = {
  what: `a text of at most ${limits.textLength} characters`,
  matches: (text) => text.length <= limits.textLength && text.isWellFormed(),
};

/** Whole numbers, written as text so that no reader makes a float of them. */
export const integerForm = form('a whole number as text such as "12"', /^(0|-?[1-9]\d{0,17})$/, 19);

const datePattern = /^\d{4}-\d{2}-\d{2}$/;

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8));
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** Days of the calendar. */
export const dateForm: TextForm = { what: 'a date such as 2017-07-03', matches: isDate };

/** Exact decimals, such as rates; written as text like whole numbers. */
export const decimalForm: TextForm = {
  what: 'a decimal as text such as "0.425"',
  matches: (text) => !isRefusal(parseRate(text)) && !/^-[0.]*$/.test(text),
};
