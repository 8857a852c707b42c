/** What was being done when something failed; the cause says what failed. */
export class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
  /** As the terminal showed it: `recording redemptions`. */
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`it failed while ${step}`, { cause });
    this.step = step;
  }
}
