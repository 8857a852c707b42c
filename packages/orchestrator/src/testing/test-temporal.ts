import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { registerSearchAttributes } from '../client/register-search-attributes.ts';
import { createSluiceClient, type SluiceClient } from '../client/start-workflows.ts';
import type { Activities } from '../contract.ts';
import { createWorker } from '../worker/create-worker.ts';

/** A real Temporal with a task queue of its own. */
export interface TestTemporal {
  readonly address: string;
  readonly taskQueue: string;
  readonly client: Client;
  readonly sluice: SluiceClient;
  /** Runs a worker in this process until it is stopped. */
  startWorker(activities: Activities): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

const namespace = 'default';

function serverAddress(): string {
  const address = process.env['SLUICE_TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) {
    throw new Error(
      'SLUICE_TEST_TEMPORAL_ADDRESS is not set: run the tests by `npm test` or by `vitest`, ' +
        'whose global set-up starts a Temporal',
    );
  }
  return address;
}

/** A plain connection to the test server. */
export function connectTestServer(): Promise<Connection> {
  return Connection.connect({ address: serverAddress() });
}

/** A client and workers on the test server; the SDK is quiet unless something is wrong. */
export async function connectTestTemporal(): Promise<TestTemporal> {
  const address = serverAddress();
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await connectTestServer();
  const native = await NativeConnection.connect({ address });
  await registerSearchAttributes(connection, namespace);
  const client = new Client({ connection, namespace, identity: 'test' });
  const taskQueue = `test-${randomUUID()}`;
  return {
    address,
    taskQueue,
    client,
    sluice: createSluiceClient(client, taskQueue),
    async startWorker(activities) {
      const worker = await createWorker({
        ...{ connection: native, namespace, taskQueue, activities },
        maxActivities: 10,
      });
      const running = worker.run();
      return {
        async stop() {
          worker.shutdown();
          await running;
        },
      };
    },
    async close() {
      await native.close();
      await connection.close();
    },
  };
}
