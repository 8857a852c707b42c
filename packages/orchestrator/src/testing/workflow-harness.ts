import { coresdk, temporal, type google } from '@temporalio/proto';
import {
  ActivityFailure,
  ChildWorkflowFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  RetryState,
  TypedSearchAttributes,
} from '@temporalio/common';
import type { WorkflowInfo } from '@temporalio/workflow';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { bundleWorkflows } from '../worker/bundle-workflows.ts';

/**
 * Runs workflows in the SDK's own sandbox with no server: virtual time, activities and children
 * played by functions, every command recorded. It stands on internal paths of the SDK 1.24, so all
 * of them are used in this one file. See reference: the SDK drives its workflow tests the same way.
 */
export interface WorkflowHarness {
  run(options: HarnessRun): Promise<HarnessResult>;
  close(): Promise<void>;
}

export interface HarnessRun {
  readonly type: string;
  readonly input: unknown;
  /** By activity name; what it throws is the activity's final failure. */
  readonly activities: Readonly<Record<string, (...args: never[]) => unknown>>;
  /**
   * By workflow type; what it throws fails the child, and `'already-started'` refuses the start as
   * the server does.
   */
  readonly children?: Readonly<Record<string, (input: never) => unknown>>;
  /** Delivered when nothing else is left to do but timers, one each time. */
  readonly messages?: readonly HarnessMessage[];
  /** From this activation on, counted from 0, the server suggests to continue as new. */
  readonly continueAsNewFrom?: number;
  /** A request to cancel arrives with this activation, ahead of the answers in it. */
  readonly cancelAt?: number;
}

export type HarnessMessage = (
  | { readonly signal: string; readonly args?: readonly unknown[] }
  | { readonly update: string; readonly args?: readonly unknown[] }
) & {
  /** Not before so much time has passed, or there is no timer that could let it pass. */
  readonly afterMs?: number;
};

export interface HarnessResult {
  readonly outcome:
    | { readonly kind: 'completed'; readonly result: unknown }
    | { readonly kind: 'failed'; readonly type: string | undefined; readonly message: string }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'continued-as-new'; readonly input: unknown };
  /** Names of what the workflow asked for, in order: `activity settleChunk`, `timer 200`. */
  readonly log: readonly string[];
  /** Last value of each search attribute it set. */
  readonly searchAttributes: Readonly<Record<string, unknown>>;
  /** Every value that it set, in order: `PayoutState=settled`. */
  readonly attributeLog: readonly string[];
  /** What the updates answered, in the order of their ends; a failure as its message. */
  readonly updates: readonly unknown[];
  readonly virtualMs: number;
}

type Workflow = Awaited<ReturnType<ReusableVMWorkflowCreator['createWorkflow']>>;
type Job = coresdk.workflow_activation.IWorkflowActivationJob;
type Command = coresdk.workflow_commands.IWorkflowCommand;
type Payload = temporal.api.common.v1.IPayload;

const cancelJob: Job = { cancelWorkflow: { reason: 'somebody wants it to end' } };
const startOfTime = Date.UTC(2017, 6, 1);
const maxActivations = 2_000;

/** Bundles the workflows once; then each run costs milliseconds. */
export async function createWorkflowHarness(): Promise<WorkflowHarness> {
  const { code } = await bundleWorkflows();
  const creator = await ReusableVMWorkflowCreator.create(
    parseWorkflowCode(code),
    2_000,
    new Set<string>(),
  );
  let runs = 0;
  return {
    run: (options) => {
      runs += 1;
      return new Run(creator, options, `run-${runs}`).play();
    },
    close: () => creator.destroy(),
  };
}

class Run {
  private readonly creator: ReusableVMWorkflowCreator;
  private readonly options: HarnessRun;
  private readonly runId: string;
  private readonly log: string[] = [];
  private readonly searchAttributes: Record<string, unknown> = {};
  private readonly attributeLog: string[] = [];
  private readonly updates: unknown[] = [];
  private readonly timers = new Map<number, number>();
  private nowMs = startOfTime;
  private messagesSent = 0;
  private outcome: HarnessResult['outcome'] | undefined;

  constructor(creator: ReusableVMWorkflowCreator, options: HarnessRun, runId: string) {
    this.creator = creator;
    this.options = options;
    this.runId = runId;
  }

  async play(): Promise<HarnessResult> {
    const workflow = await this.creator.createWorkflow({
      info: this.info(),
      randomnessSeed: [1, 2, 3, 4],
      now: this.nowMs,
      showStackTraceSources: false,
    });
    try {
      return {
        outcome: await this.untilOutcome(workflow),
        log: this.log,
        searchAttributes: this.searchAttributes,
        attributeLog: this.attributeLog,
        updates: this.updates,
        virtualMs: this.nowMs - startOfTime,
      };
    } finally {
      await workflow.dispose();
    }
  }

  private async untilOutcome(workflow: Workflow): Promise<HarnessResult['outcome']> {
    const { cancelAt, continueAsNewFrom = Infinity } = this.options;
    let jobs: Job[] = [this.firstJob()];
    for (let activation = 0; activation < maxActivations; activation += 1) {
      if (activation === cancelAt) jobs = [cancelJob, ...jobs];
      const { successful, failed } = await workflow.activate({
        runId: this.runId,
        timestamp: timestamp(this.nowMs),
        isReplaying: false,
        historyLength: 3 + activation,
        continueAsNewSuggested: activation >= continueAsNewFrom,
        jobs,
      });
      if (failed) throw new Error(`workflow task failed: ${failed.failure?.message ?? ''}`);
      jobs = [];
      for (const command of successful?.commands ?? []) jobs.push(...(await this.obey(command)));
      if (this.outcome !== undefined) return this.outcome;
      if (jobs.length === 0) jobs = [this.whatHappensNext()];
    }
    throw new Error(`no end after ${this.log.join(', ')}`);
  }

  private firstJob(): Job {
    return {
      initializeWorkflow: {
        workflowId: 'workflow',
        workflowType: this.options.type,
        arguments: [payload(this.options.input)],
        randomnessSeed,
      },
    };
  }

  /** Nothing is under way: a message arrives, or time passes until the next timer. */
  private whatHappensNext(): Job {
    const message = this.options.messages?.[this.messagesSent];
    const [next] = [...this.timers].sort(([, left], [, right]) => left - right);
    const passedMs = this.nowMs - startOfTime;
    if (message !== undefined && (next === undefined || passedMs >= (message.afterMs ?? 0))) {
      this.messagesSent += 1;
      return this.deliver(message);
    }
    if (next === undefined) throw new Error(`the workflow is stuck after ${this.log.join(', ')}`);
    const [seq, fireAtMs] = next;
    this.timers.delete(seq);
    this.nowMs = Math.max(this.nowMs, fireAtMs);
    return { fireTimer: { seq } };
  }

  private deliver(message: HarnessMessage): Job {
    const input = (message.args ?? []).map(payload);
    if ('signal' in message) {
      this.log.push(`signal ${message.signal}`);
      return { signalWorkflow: { signalName: message.signal, input } };
    }
    this.log.push(`update ${message.update}`);
    const id = `update-${this.messagesSent}`;
    const meta = { identity: 'test', updateId: id };
    return {
      doUpdate: {
        ...{ id, protocolInstanceId: id, name: message.update, input },
        ...{ headers: {}, meta, runValidator: true },
      },
    };
  }

  private async obey(command: Command): Promise<readonly Job[]> {
    if (command.scheduleActivity) return [await this.activity(command.scheduleActivity)];
    if (command.startChildWorkflowExecution) {
      return this.child(command.startChildWorkflowExecution);
    }
    if (command.startTimer) {
      const ms = durationMs(command.startTimer.startToFireTimeout);
      this.log.push(`timer ${ms}`);
      this.timers.set(command.startTimer.seq ?? 0, this.nowMs + ms);
    }
    if (command.cancelTimer) this.timers.delete(command.cancelTimer.seq ?? 0);
    if (command.upsertWorkflowSearchAttributes) {
      const fields = command.upsertWorkflowSearchAttributes.searchAttributes?.indexedFields ?? {};
      for (const [name, value] of Object.entries(fields)) {
        this.searchAttributes[name] = fromPayload(value);
        this.attributeLog.push(`${name}=${String(fromPayload(value))}`);
      }
    }
    if (command.updateResponse) this.noteUpdate(command.updateResponse);
    this.conclude(command);
    return [];
  }

  private noteUpdate({ completed, rejected }: coresdk.workflow_commands.IUpdateResponse): void {
    if (completed) this.updates.push(fromPayload(completed));
    if (rejected) this.updates.push(rejected.message);
  }

  private conclude(command: Command): void {
    if (command.completeWorkflowExecution) {
      const { result } = command.completeWorkflowExecution;
      this.outcome = { kind: 'completed', result: fromPayload(result) };
    }
    if (command.cancelWorkflowExecution) this.outcome = { kind: 'cancelled' };
    if (command.failWorkflowExecution) {
      const { failure } = command.failWorkflowExecution;
      this.outcome = {
        kind: 'failed',
        type: failure?.applicationFailureInfo?.type ?? undefined,
        message: failure?.message ?? '',
      };
    }
    if (command.continueAsNewWorkflowExecution) {
      const [input] = command.continueAsNewWorkflowExecution.arguments ?? [];
      this.outcome = { kind: 'continued-as-new', input: fromPayload(input) };
    }
  }

  private async activity(command: coresdk.workflow_commands.IScheduleActivity): Promise<Job> {
    const name = command.activityType ?? '';
    const play = this.options.activities[name];
    if (play === undefined) throw new Error(`the test has no activity ${name}`);
    this.log.push(`activity ${name}`);
    const args = (command.arguments ?? []).map(fromPayload) as never[];
    const result = await resultOf(() => play(...args));
    const ended =
      result instanceof Error
        ? { failed: { failure: activityFailure(name, result) } }
        : { completed: { result: payload(result) } };
    return { resolveActivity: { seq: command.seq ?? 0, result: ended } };
  }

  private async child(
    command: coresdk.workflow_commands.IStartChildWorkflowExecution,
  ): Promise<readonly Job[]> {
    const type = command.workflowType ?? '';
    const play = this.options.children?.[type];
    if (play === undefined) throw new Error(`the test has no child workflow ${type}`);
    this.log.push(`child ${command.workflowId ?? ''}`);
    const seq = command.seq ?? 0;
    const [input] = (command.input ?? []).map(fromPayload) as never[];
    const result = await resultOf(() => play(input as never));
    if (result === 'already-started') {
      const cause =
        coresdk.child_workflow.StartChildWorkflowExecutionFailedCause
          .START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS;
      const failed = { cause, workflowId: command.workflowId ?? '', workflowType: type };
      return [{ resolveChildWorkflowExecutionStart: { seq, failed } }];
    }
    const ended =
      result instanceof Error
        ? { failed: { failure: childFailure(type, result) } }
        : { completed: { result: payload(result) } };
    return [
      { resolveChildWorkflowExecutionStart: { seq, succeeded: { runId: `${this.runId}-child` } } },
      { resolveChildWorkflowExecution: { seq, result: ended } },
    ];
  }

  private info(): WorkflowInfo {
    const startTime = new Date(startOfTime);
    return {
      workflowId: 'workflow',
      runId: this.runId,
      workflowType: this.options.type,
      searchAttributes: {},
      typedSearchAttributes: new TypedSearchAttributes(),
      historyLength: 3,
      historySize: 300,
      continueAsNewSuggested: false,
      targetWorkerDeploymentVersionChanged: false,
      taskQueue: 'test',
      namespace: 'default',
      firstExecutionRunId: this.runId,
      originalExecutionRunId: this.runId,
      startTime,
      runStartTime: startTime,
      taskTimeoutMs: 10_000,
      attempt: 1,
      unsafe: {
        now: () => this.nowMs,
        isReplaying: false,
        isReplayingHistoryEvents: false,
        random: { random: () => 0.5, uuid4: () => 'not-used', fillRandom: (bytes) => bytes },
      },
    };
  }
}

const randomnessSeed = coresdk.workflow_activation.InitializeWorkflow.fromObject({
  randomnessSeed: 1,
}).randomnessSeed;

function payload(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

function fromPayload(value: Payload | null | undefined): unknown {
  return value ? defaultPayloadConverter.fromPayload(value) : undefined;
}

function timestamp(ms: number): google.protobuf.ITimestamp {
  return temporal.api.history.v1.HistoryEvent.fromObject({
    eventTime: { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 },
  }).eventTime as google.protobuf.ITimestamp;
}

function durationMs(duration: google.protobuf.IDuration | null | undefined): number {
  const seconds = parseInt((duration?.seconds ?? 0).toString(), 10);
  return seconds * 1_000 + (duration?.nanos ?? 0) / 1_000_000;
}

/** What a function gives, or the error that it throws. */
async function resultOf(play: () => unknown): Promise<unknown> {
  try {
    return await play();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** An activity's error reaches the workflow wrapped, as the server wraps it. */
function activityFailure(name: string, cause: Error): temporal.api.failure.v1.IFailure {
  const failure = new ActivityFailure(
    'Activity task failed',
    name,
    name,
    RetryState.NON_RETRYABLE_FAILURE,
    'test',
    cause,
  );
  return defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter);
}

function childFailure(type: string, cause: Error): temporal.api.failure.v1.IFailure {
  const failure = new ChildWorkflowFailure(
    'default',
    { workflowId: 'child', runId: 'child' },
    type,
    RetryState.NON_RETRYABLE_FAILURE,
    cause,
  );
  return defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter);
}
