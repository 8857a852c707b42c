import { activityInfo } from '@temporalio/activity';

/** The workflow that an activity runs for, so that each effect leads to it. */
export function currentWorkflowId(): string {
  const { workflowExecution, activityId } = activityInfo();
  return workflowExecution?.workflowId ?? `activity:${activityId}`;
}
