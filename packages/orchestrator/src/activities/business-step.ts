import { UnexpectedRefusalError } from '@sluice/money';
import { ApplicationFailure } from '@temporalio/activity';
import type { Logger } from 'pino';
import { currentWorkflowId } from './current-workflow.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/**
 * Makes an activity a business step: it tells the server that this worker is alive while it runs;
 * it logs one line, with its keys and its answer; and a refusal
 * that it throws keeps its code, as the failure's type, by which the workflows' retry policy tells
 * what another try can mend.
 */
export function asBusinessStep<Input extends object, Answer extends object>(
  log: Logger,
  step: string,
  run: (input: Input) => Promise<Answer>,
): (input: Input) => Promise<Answer> {
  return async (input) => {
    try {
      const answer = await withHeartbeat(() => run(input));
      const workflow = currentWorkflowId();
      log.info({ step, workflow, ...plainFields(input), answer: plainFields(answer) }, step);
      return answer;
    } catch (error) {
      if (!(error instanceof UnexpectedRefusalError)) throw error;
      const { code, message, details } = error.refusal;
      throw ApplicationFailure.create({ type: code, message, details: [details], cause: error });
    }
  };
}

/** What of a value belongs in one line: texts, numbers and amounts, not lists and structures. */
function plainFields(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
      if (isAmount(field)) return [[name, `${field.amount} ${field.currency}`]];
      return typeof field === 'object' || field === undefined ? [] : [[name, field]];
    }),
  );
}

function isAmount(field: unknown): field is { readonly amount: string; readonly currency: string } {
  return typeof field === 'object' && field !== null && 'amount' in field && 'currency' in field;
}
