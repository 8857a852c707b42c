import { setImmediate } from 'node:timers/promises';
import { asError } from './as-error.ts';

/** The statements of one transaction that were sent without waiting for their answers. */
export class StatementsAhead {
  readonly #waiting: Promise<unknown>[] = [];
  #failure: Error | undefined;

  /** What the first one to fail rejected with: the cause of all that fails behind it. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  add(statement: Promise<unknown>): void {
    this.#waiting.push(
      statement.catch((error: unknown) => {
        this.#failure ??= asError(error);
      }),
    );
  }

  /** Waits for all answers. Throws the failure when there is one. */
  async arrive(): Promise<void> {
    await Promise.all(this.#waiting.splice(0));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Throws the failure of a statement that never left, as one with a value that cannot be sent. */
  async leave(): Promise<void> {
    await setImmediate();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Gives the failure, which a savepoint has undone, and counts it no more. */
  forget(): Error | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }
}
