import { Connection, type ConnectionOptions } from '@temporalio/client';

const callTimeoutMs = 5_000;

/** How to reach a namespace. */
export interface TemporalTarget {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
}

/** Asks the cluster about itself and about the namespace. Throws what the gRPC client throws. */
export async function describeTemporal(target: TemporalTarget): Promise<void> {
  const connection = await Connection.connect({
    connectTimeout: callTimeoutMs,
    ...target.connection,
  });
  try {
    await connection.withDeadline(Date.now() + callTimeoutMs, async () => {
      await connection.workflowService.getSystemInfo({});
      await connection.workflowService.describeNamespace({ namespace: target.namespace });
    });
  } finally {
    await connection.close();
  }
}
