import { UnexpectedRefusalError } from '@sluice/money';
import { StackError } from '@sluice/stack';
import { ApplicationFailure } from '@temporalio/client';
import { exitCodes, usageRefusals } from './exit-codes.ts';
import { StepFailedError } from './terminal/step-failed-error.ts';

/** What the terminal shows for an error, and the program's exit code. */
export interface DescribedError {
  readonly text: string;
  readonly exitCode: number;
}

interface Known {
  readonly code: string;
  readonly text: string;
}

const maxCauses = 10;

/**
 * Tells an error. What the user can mend is `CODE: message`; a bug comes with its stack. When a
 * step of a job failed, it says which, where the logs are and that a new start goes on.
 */
export function describeError(error: unknown, logDir: string): DescribedError {
  const step = error instanceof StepFailedError ? error.step : null;
  const cause = step === null ? error : (error as Error).cause;
  const known = knownIn(cause);
  const usage = known !== null && usageRefusals.has(known.code);
  const text = known?.text ?? stackOf(cause);
  return {
    text: usage ? text : [text, whatNow(step, logDir)].join('\n'),
    exitCode: usage ? exitCodes.usage : exitCodes.broken,
  };
}

function whatNow(step: string | null, logDir: string): string {
  const failed = step === null ? '' : `It failed while ${step}. `;
  return (
    `${failed}What was done so far is kept: the same command again goes on from there.\n` +
    `Logs: ${logDir}`
  );
}

/** The refusal behind an error; a workflow's failure carries it a few causes down. */
function knownIn(error: unknown): Known | null {
  let cause = error;
  for (let depth = 0; depth < maxCauses && cause instanceof Error; depth += 1) {
    const known = knownAs(cause);
    if (known !== null) return known;
    cause = cause.cause;
  }
  return null;
}

function knownAs(error: Error): Known | null {
  if (error instanceof UnexpectedRefusalError) {
    return { code: error.refusal.code, text: error.message };
  }
  if (error instanceof StackError) {
    const { code, message, hint } = error;
    return { code, text: `${code}: ${message}\n${hint}` };
  }
  const code = codeOf(error);
  return code === null ? null : { code, text: `${code}: ${error.message}` };
}

/** Our own codes; the ones of Node (`ENOENT`) and of PostgreSQL (`23505`) tell a user nothing. */
function codeOf(error: Error): string | null {
  const code: unknown =
    error instanceof ApplicationFailure ? error.type : 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z]+(_[A-Z]+)+$/.test(code) && !/^ERR_/.test(code)
    ? code
    : null;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
