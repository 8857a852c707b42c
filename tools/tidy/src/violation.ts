/** One place that breaks a rule, and what to do about it. */
export interface Violation {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What is wrong, and after the colon what to do. */
  readonly message: string;
}

/** `path:line message`: editors and terminals make the front of it a link. */
export function describeViolation({ path, line, message }: Violation): string {
  return `${path}:${line} ${message}`;
}
