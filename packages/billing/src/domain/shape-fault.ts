import type { Fault } from './fault.ts';

/** A fault of shape at its place in the message: `rates 1, flat: ...`. */
export function shapeFault(issue: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): Fault {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? ` ${part + 1}` : `, ${String(part)}`))
    .join('')
    .replace(/^, /, '');
  return { text: path === '' ? issue.message : `${path}: ${issue.message}` };
}
