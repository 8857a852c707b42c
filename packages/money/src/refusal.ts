/** A value that JSON can carry: what a refusal's details are made of. */
export type RefusalDetail = string | number | boolean | null | readonly string[];

/**
 * A business "no". It is a value, not an exception: it travels through transactions, workflow
 * payloads and receipts unchanged. Bugs and outages throw instead.
 */
export interface Refusal {
  readonly kind: 'refusal';
  /** Stable, upper-case, for programs: `MANDATE_EXHAUSTED`. */
  readonly code: string;
  /** One sentence for people: what was wrong, and what to do. */
  readonly message: string;
  /** Where it was wrong: ids, fields, rows, amounts as strings. */
  readonly details: Readonly<Record<string, RefusalDetail>>;
}

/** Makes a refusal. The code is stable for ever; the message may improve. */
export function refuse(
  code: string,
  message: string,
  details: Readonly<Record<string, RefusalDetail>> = {},
): Refusal {
  return { kind: 'refusal', code, message, details };
}

/** Tells a refusal from an answer. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refusal';
}

/** A refusal where none can be: a bug or bad set-up, thrown where a value is not handled. */
export class UnexpectedRefusalError extends Error {
  override readonly name = 'UnexpectedRefusalError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`);
    this.refusal = refusal;
  }
}

/** The answer, or {@link UnexpectedRefusalError} thrown: for input that was checked before. */
export function expectAnswer<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new UnexpectedRefusalError(value);
  return value;
}
