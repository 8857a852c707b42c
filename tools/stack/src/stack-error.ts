/** Every way the stack can fail to come up. Stable for ever: scripts may match on them. */
export type StackErrorCode =
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_TOO_OLD'
  | 'DATABASE_URL_MALFORMED'
  | 'POSTGRES_NOT_INSTALLED'
  | 'POSTGRES_DATA_INCOMPATIBLE'
  | 'POSTGRES_REFUSES_ROOT'
  | 'POSTGRES_DID_NOT_START'
  | 'TEMPORAL_UNREACHABLE'
  | 'TEMPORAL_NAMESPACE_UNKNOWN'
  | 'TEMPORAL_NOT_FOUND'
  | 'TEMPORAL_DID_NOT_START'
  | 'WHEEL_NOT_DOWNLOADED'
  | 'WHEEL_CHECKSUM_WRONG'
  | 'WHEEL_MEMBER_MISSING'
  | 'STACK_RUNNING'
  | 'SERVER_LOST';

/** The stack cannot do what was asked. The message says what was found, the hint what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';
  /** For programs. */
  readonly code: StackErrorCode;
  /** One or two sentences for people: the way out. */
  readonly hint: string;

  constructor(code: StackErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** What a terminal shows for it: the message, the hint, the code. */
export function describeStackError(error: StackError): string {
  return `${error.message}\n${error.hint}\n(${error.code})`;
}
