import type { Interval } from '../tariff.ts';

/** The bounds of an interval as a message writes them. */
export interface BoundsText {
  readonly from: string | null;
  readonly fromIncluded?: boolean;
  readonly to: string | null;
  readonly toIncluded?: boolean;
}

const pattern = /^([[(])\s*(\S*)\s*\.\.\s*(\S*)\s*([\])])$/;

/** Reads `[0.00 .. 1.00)`: a square bracket includes its bound, a missing bound has no end. */
export function readInterval(text: string): BoundsText | undefined {
  const [, open, from = '', to = '', close] = pattern.exec(text) ?? [];
  if (open === undefined) return undefined;
  // "[ .. 5)" would include an end that is not there: the message refuses it, with its reason.
  return {
    from: from === '' ? null : from,
    ...(from === '' && open === '(' ? {} : { fromIncluded: open === '[' }),
    to: to === '' ? null : to,
    ...(to === '' && close === ')' ? {} : { toIncluded: close === ']' }),
  };
}

/** Writes an interval as {@link readInterval} reads it. */
export function writeInterval({ from, fromIncluded, to, toIncluded }: Interval): string {
  return `${fromIncluded ? '[' : '('}${from ?? ''} .. ${to ?? ''}${toIncluded ? ']' : ')'}`;
}
