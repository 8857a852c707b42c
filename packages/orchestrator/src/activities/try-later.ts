import { ApplicationFailure } from '@temporalio/activity';

/** The main account is being redistributed: the activity is tried again after its interval. */
export function tryLater(waitMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'MAIN_ACCOUNT_REDISTRIBUTING',
    message: 'the main account is being redistributed',
    nextRetryDelay: waitMs,
  });
}
