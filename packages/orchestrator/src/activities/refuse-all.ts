import { isRefusal, UnexpectedRefusalError, type Refusal } from '@sluice/money';

/** Thrown to undo a transaction whose answer is a refusal; {@link orRefusal} gets it back. */
class RefusedError extends UnexpectedRefusalError {}

/** Leaves the transaction under way, undone, with a refusal. */
export function refuseAll(refusal: Refusal): never {
  throw new RefusedError(refusal);
}

/** The answer; a refusal leaves the transaction under way. */
export function answerOrLeave<T>(value: T | Refusal): T {
  return isRefusal(value) ? refuseAll(value) : value;
}

/** Runs a transaction whose {@link refuseAll} undoes it and becomes its answer. */
export async function orRefusal<T>(work: Promise<T>): Promise<T | Refusal> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
}
