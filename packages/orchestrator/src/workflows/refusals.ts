import type { Refusal } from '@sluice/money';
import { ApplicationFailure } from '@temporalio/workflow';

/** Tells a refusal from an answer; the money package stays out of the workflow bundle. */
export function isRefusal(answer: { readonly kind: string } | Refusal): answer is Refusal {
  return answer.kind === 'refusal';
}

/** A workflow that cannot go on ends with the refusal's code as the failure's type. */
export function failWith(refusal: Refusal): never {
  throw ApplicationFailure.nonRetryable(refusal.message, refusal.code, refusal.details);
}
