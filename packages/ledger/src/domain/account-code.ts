/** Longest account code, in characters. */
const maxLength = 200;

const segment = '[A-Za-z0-9][A-Za-z0-9._:-]*';
const codePattern = new RegExp(`^${segment}(?:/${segment})*$`);
const segmentPattern = new RegExp(`^${segment}$`);

/** Whether a text can be an account's code: segments joined by `/`, such as `payable/330`. */
export function isAccountCode(text: string): boolean {
  return text.length <= maxLength && codePattern.test(text);
}

/**
 * Whether a text can be one segment of a code. A value that is put into a code must be one, so
 * that a seller called `330/fees` can never name the account of somebody else.
 */
export function isCodeSegment(text: string): boolean {
  return text.length <= maxLength && segmentPattern.test(text);
}
