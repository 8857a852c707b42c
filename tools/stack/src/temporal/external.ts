import type { ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Environment } from '../environment.ts';
import { errorMessage } from '../error-message.ts';
import { StackError } from '../stack-error.ts';
import { describeTemporal } from './answers.ts';

const grpcNotFound = 5;
const expected =
  'Expected: HOST:PORT of a Temporal front end; TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, ' +
  'TEMPORAL_TLS and the rest as Temporal documents them. Without TEMPORAL_ADDRESS a server is ' +
  'started here.';

/** A cluster that is somebody else's. */
export interface ExternalTemporal {
  readonly address: string;
  readonly namespace: string;
}

function definedOnly(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair) => pair[1] !== undefined)) as Record<
    string,
    string
  >;
}

function grpcCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function refuse(address: string, namespace: string, error: unknown): StackError {
  if (grpcCode(error) === grpcNotFound) {
    return new StackError(
      'TEMPORAL_NAMESPACE_UNKNOWN',
      `TEMPORAL_NAMESPACE: the Temporal at ${address} has no namespace "${namespace}".`,
      `Make it: temporal operator namespace create --address ${address} -n ${namespace}`,
      error,
    );
  }
  return new StackError(
    'TEMPORAL_UNREACHABLE',
    `TEMPORAL_ADDRESS: no Temporal answers at ${address} (${errorMessage(error)}).`,
    expected,
    error,
  );
}

/** Checks that the cluster that TEMPORAL_ADDRESS names answers, and that it has the namespace. */
export async function checkExternalTemporal(env: Environment): Promise<ExternalTemporal> {
  const read = env['TEMPORAL_ADDRESS'] ?? '';
  let namespace = env['TEMPORAL_NAMESPACE'] ?? 'default';
  try {
    const config = loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
    namespace = config.namespace ?? namespace;
    const connection = config.connectionOptions as ConnectionOptions;
    await describeTemporal({ connection, namespace });
    return { address: config.connectionOptions.address ?? read, namespace };
  } catch (error) {
    throw refuse(read, namespace, error);
  }
}
