import { refuse, UnexpectedRefusalError } from '@sluice/money';
import { StackError } from '@sluice/stack';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { describeError } from './describe-error.ts';
import { GoneError } from './session/watch-for.ts';
import { StepFailedError } from './terminal/step-failed-error.ts';

const logs = '/state/logs';
const goesOn = 'What was done so far is kept: the same command again goes on from there.';

function refusal(code: string): UnexpectedRefusalError {
  return new UnexpectedRefusalError(refuse(code, 'what was wrong, and what to do'));
}

describe('what the user can mend', () => {
  test('is the code and the message, once, and exit code 2', () => {
    expect(describeError(refusal('SELLER_UNKNOWN'), logs)).toEqual({
      text: 'SELLER_UNKNOWN: what was wrong, and what to do',
      exitCode: 2,
    });
  });

  test('is so too when it was found inside a step', () => {
    const error = new StepFailedError('bringing servers up', refusal('STACK_DIFFERS'));
    expect(describeError(error, logs)).toMatchObject({ exitCode: 2, text: /^STACK_DIFFERS: / });
  });

  test('about a server of the user comes with its hint', () => {
    const error = new StackError('DATABASE_UNREACHABLE', 'nobody answers', 'Correct DATABASE_URL.');
    expect(describeError(error, logs)).toEqual({
      text: 'DATABASE_UNREACHABLE: nobody answers\nCorrect DATABASE_URL.',
      exitCode: 2,
    });
  });
});

describe('what failed half-way', () => {
  test('names the step, where the logs are, and that a new start goes on', () => {
    const error = new StepFailedError('opening pool P', refusal('FUNDING_INSUFFICIENT'));
    expect(describeError(error, logs)).toEqual({
      text: [
        'FUNDING_INSUFFICIENT: what was wrong, and what to do',
        `It failed while opening pool P. ${goesOn}`,
        'Logs: /state/logs',
      ].join('\n'),
      exitCode: 1,
    });
  });

  test('in a workflow is told by the refusal that the workflow ended with', () => {
    const failure = ApplicationFailure.nonRetryable('no more money', 'MANDATE_EXHAUSTED');
    const error = new WorkflowFailedError('Workflow execution failed', failure, 'TIMEOUT');
    const { text, exitCode } = describeError(new StepFailedError('bulk lane', error), logs);
    expect(text).toMatch(/^MANDATE_EXHAUSTED: no more money\nIt failed while bulk lane\./);
    expect(exitCode).toBe(1);
  });

  test('because another process went away says so', () => {
    const { text, exitCode } = describeError(new GoneError('process 7 has ended'), logs);
    expect(text).toBe(`SERVERS_STOPPED: process 7 has ended\n${goesOn}\nLogs: /state/logs`);
    expect(exitCode).toBe(1);
  });

  test('by a bug comes with its stack and its causes', () => {
    const error = new TypeError('x is undefined', { cause: new Error('the reason') });
    const { text, exitCode } = describeError(error, logs);
    expect(text).toMatch(/^TypeError: x is undefined\n {4}at .*\ncaused by Error: the reason\n/s);
    expect(text).toContain('Logs: /state/logs');
    expect(exitCode).toBe(1);
  });

  test.each(['ECONNREFUSED', '23505', 'ERR_INVALID_ARG_TYPE'])(
    'with the code %s of somebody else is no refusal',
    (code) => {
      const error = Object.assign(new Error('boom'), { code });
      expect(describeError(error, logs).text).toMatch(/^Error: boom\n/);
    },
  );
});

test('something thrown that is no error is told as it is', () => {
  expect(describeError('boom', logs).text).toMatch(/^boom\n/);
});
