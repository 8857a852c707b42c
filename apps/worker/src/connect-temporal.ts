import { setTimeout as delay } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { StartError, wordsOf } from './start-error.ts';

/** A connection to Temporal, and the namespace to work in. */
export interface TemporalCluster {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

const answerMs = 15_000;

/**
 * Connects to the Temporal that the environment names.
 *
 * @throws StartError `TEMPORAL_UNREACHABLE` or `TEMPORAL_NAMESPACE_UNKNOWN`; nothing is open then.
 */
export async function connectTemporal(): Promise<TemporalCluster> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await connect(connectionOptions);
  try {
    // A worker would wait for ever for tasks of a namespace that is not there.
    await connection.workflowService.describeNamespace({ namespace });
    return { connection, namespace };
  } catch (error) {
    await connection.close();
    throw new StartError(
      'TEMPORAL_NAMESPACE_UNKNOWN',
      `Temporal does not open the namespace "${namespace}" (${wordsOf(error)}): ` +
        'make it, or correct TEMPORAL_NAMESPACE',
      error,
    );
  }
}

async function connect(options: NativeConnectionOptions): Promise<NativeConnection> {
  const timer = new AbortController();
  try {
    const late = delay(answerMs, null, { signal: timer.signal });
    const connection = await Promise.race([NativeConnection.connect(options), late]);
    if (connection === null) throw new Error(`no answer within ${answerMs / 1_000} s`);
    return connection;
  } catch (error) {
    throw new StartError(
      'TEMPORAL_UNREACHABLE',
      `no Temporal answers at ${options.address ?? 'localhost:7233'} ` +
        `(${shortened(wordsOf(error))}): correct TEMPORAL_ADDRESS, or start one (npm run stack)`,
      error,
    );
  } finally {
    timer.abort();
  }
}

/** The SDK tells a refused connection in nested brackets; the innermost says it. */
function shortened(words: string): string {
  return /message: "([^"]+)"/.exec(words)?.[1] ?? words;
}
