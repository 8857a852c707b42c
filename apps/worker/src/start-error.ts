/** Why a worker did not start. Stable for ever: scripts may match on them. */
export type StartErrorCode =
  | 'CONFIG_DIR_UNUSABLE'
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_NOT_MIGRATED'
  | 'TEMPORAL_UNREACHABLE'
  | 'TEMPORAL_NAMESPACE_UNKNOWN';

/** The worker cannot start. The message says what was found, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** For programs. */
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** An error's words, with those of its causes; several at once are joined. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(wordsOf).join(', ');
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`;
}
