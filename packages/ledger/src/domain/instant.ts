const date = String.raw`[12]\d{3}-(?:0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?`;
const zone = String.raw`(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)`;
/**
 * Date, time and zone, to the millisecond at most: the texts that JavaScript and PostgreSQL read
 * as one and the same instant.
 */
const pattern = new RegExp(`^${date}T${time}${zone}$`);

/**
 * Reads an ISO 8601 instant such as `2017-07-01T09:30:00Z` or `2017-07-01T17:30:00.250+08:00`.
 *
 * @returns milliseconds since 1970, or undefined when the text is anything else.
 */
export function instantMs(text: string): number | undefined {
  const day = pattern.exec(text)?.[1];
  if (day === undefined) return undefined;
  if (day > '28') {
    // V8 reads 30 February as 2 March: the day must come out as it went in.
    const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
    if (midnight.getUTCDate() !== Number(day)) return undefined;
  }
  return Date.parse(text);
}
