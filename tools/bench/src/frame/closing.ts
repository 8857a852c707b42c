/** Things to be closed, in reverse order of their opening. */
export class Closing {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #closed = false;

  /** @throws Error once all is closed: what came too late is closed at once. */
  readonly add = (step: () => Promise<unknown>): void => {
    if (this.#closed) {
      step().catch(() => undefined); // Nobody is left to tell; the error below stops the caller.
      throw new Error('everything was closed already');
    }
    this.#steps.unshift(step);
  };

  /** Closes all of it, whatever one of them throws; then throws the first error. */
  async close(): Promise<void> {
    this.#closed = true;
    const errors: unknown[] = [];
    for (const step of this.#steps.splice(0)) {
      await step().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw errors[0];
  }
}
