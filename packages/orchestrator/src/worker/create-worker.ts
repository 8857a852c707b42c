import { Worker, type NativeConnection } from '@temporalio/worker';
import type { Activities } from '../contract.ts';
import { bundleWorkflows } from './bundle-workflows.ts';

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: Activities;
  /** No more activities at once than the database pool has connections. */
  readonly maxActivities: number;
}

/**
 * A worker for all workflows and activities. On SIGTERM it lets running activities finish: each is
 * one short transaction, and a bank call that is cut off would only cost a query.
 */
export async function createWorker(options: WorkerOptions): Promise<Worker> {
  const bundle = await bundleWorkflows();
  return Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue,
    workflowBundle: bundle,
    activities: { ...options.activities },
    maxConcurrentActivityTaskExecutions: options.maxActivities,
    maxConcurrentWorkflowTaskExecutions: 100,
    maxCachedWorkflows: 500,
    shutdownGraceTime: '20s',
    shutdownForceTime: '30s',
  });
}
