import { accessSync, constants, mkdirSync } from 'node:fs';
import { billingMigrations } from '@sluice/billing';
import { appRole, migrate, openDatabase, type Database } from '@sluice/database';
import { ledgerMigrations } from '@sluice/ledger';
import { refuse, UnexpectedRefusalError } from '@sluice/money';
import {
  createSluiceClient,
  registerSearchAttributes,
  type SluiceClient,
} from '@sluice/orchestrator';
import { payoutMigrations } from '@sluice/payout';
import { poolMigrations } from '@sluice/pool';
import { rulebookMigrations } from '@sluice/rulebook';
import { settlementMigrations } from '@sluice/settlement';
import { onStopSignal, type StackAddresses } from '@sluice/stack';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { CliConfig } from '../config.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { Closing } from './closing.ts';
import { openServices } from './services.ts';
import { reachDatabase, reachStack } from './stack-addresses.ts';

/** All packages that store something, in the order in which their schemas are made. */
export const migrationSets = [
  ledgerMigrations,
  billingMigrations,
  poolMigrations,
  settlementMigrations,
  payoutMigrations,
  rulebookMigrations,
];

/** A migrated database to look at. */
export interface DataSession {
  readonly database: Database;
  close(): Promise<void>;
}

/** The whole system, running. */
export interface Session extends DataSession {
  readonly sluice: SluiceClient;
  readonly temporal: Client;
  readonly temporalUiUrl: string | null;
  readonly namespace: string;
  readonly bankUrl: string;
  readonly accountingUrl: string;
  /** Settles, with the reason, when what it runs on is gone. */
  readonly lost: Promise<Error>;
}

/** Opens the database alone, to look at it. A stop signal ends the program, and its server. */
export async function openData(config: CliConfig, terminal: Terminal): Promise<DataSession> {
  const closing = new Closing();
  const forget = onStopSignal(() => process.exit(130));
  closing.add(() => Promise.resolve(forget()));
  try {
    useStateDir(config);
    const never = new AbortController().signal;
    const url = await reachDatabase(config, terminal, closing, never);
    return { database: await openMigrated(url, closing), close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/**
 * Brings everything up: PostgreSQL, Temporal, the sandbox bank, the accounting server and a worker;
 * or joins what runs.
 *
 * @throws the signal's reason as soon as a step has ended after it was aborted; what was opened by
 *   then is closed.
 */
export async function openSession(
  config: CliConfig,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Session> {
  const closing = new Closing();
  try {
    useStateDir(config);
    const { addresses, lost } = await terminal.step(
      { doing: 'bringing PostgreSQL and Temporal up' },
      () => reachStack(config, terminal, closing, signal),
    );
    signal.throwIfAborted();
    const database = await openMigrated(addresses.databaseUrl, closing);
    const connection = await Connection.connect(connectionOptions(config, addresses));
    // A call that is left behind would trip over a closed connection: then the program's end does.
    closing.add(() => (signal.aborted ? Promise.resolve() : connection.close()));
    const namespace = addresses.temporalNamespace;
    await registerSearchAttributes(connection, namespace);
    signal.throwIfAborted();
    const services = await terminal.step(
      { doing: 'bringing a sandbox bank, an accounting server and a worker up' },
      () => openServices({ config, terminal, closing, addresses, database, signal }),
    );
    signal.throwIfAborted();
    const temporal = new Client({ connection, namespace });
    const sluice = createSluiceClient(temporal, config.SLUICE_TASK_QUEUE);
    await sluice.ledgerUpkeep({ everyMs: 1_000 * config.SLUICE_UPKEEP_SECONDS });
    return {
      database,
      temporal,
      namespace,
      bankUrl: services.bankUrl,
      accountingUrl: services.accountingUrl,
      sluice,
      temporalUiUrl: addresses.temporalUiUrl,
      lost: Promise.race([lost, services.lost]),
      close: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** The folder is there and ours to write, or the message says what to do. */
function useStateDir({ SLUICE_STATE_DIR: stateDir }: CliConfig): void {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    accessSync(stateDir, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnexpectedRefusalError(
      refuse(
        'STATE_DIR_UNUSABLE',
        `${stateDir} cannot hold the state (${why}): ` +
          'set SLUICE_STATE_DIR to a folder that can be made and written',
        { stateDir },
      ),
    );
  }
}

async function openMigrated(url: string, closing: Closing): Promise<Database> {
  await migrate(url, migrationSets);
  const database = openDatabase({ url, role: appRole, applicationName: 'sluice cli' });
  closing.add(() => database.close());
  return database;
}

function connectionOptions(
  { env }: CliConfig,
  addresses: StackAddresses,
): { address: string } & object {
  const { connectionOptions: fromEnvironment } = loadClientConnectConfig({
    overrideEnvVars: definedIn(env),
  });
  return { ...fromEnvironment, address: addresses.temporalAddress };
}

function definedIn(env: CliConfig['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
