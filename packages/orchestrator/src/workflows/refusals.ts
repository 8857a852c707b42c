import type { Refusal } from '@sluice/money';
import { ApplicationFailure } from '@temporalio/workflow';

/**
 * Tells a refusal from an answer. The money package has this too; it stays out of the workflow
 * bundle, whose every module is loaded anew, and kept, for each workflow in a worker's cache.
 */
export function isRefusal(answer: { readonly kind: string } | Refusal): answer is Refusal {
  return answer.kind === 'refusal';
}

/** A workflow that cannot go on ends with the refusal's code as the failure's type. */
export function failWith({ message, code, details }: Omit<Refusal, 'kind'>): never {
  throw ApplicationFailure.nonRetryable(message, code, details);
}

/** Ends a workflow with `INPUT_INVALID` unless this field is a whole number between two others. */
export function requireWhole(
  field: string,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  failWith({
    code: 'INPUT_INVALID',
    message: `${field} is ${value}: start the workflow with a whole number from ${min} to ${max}`,
    details: { field, value: String(value) },
  });
}
