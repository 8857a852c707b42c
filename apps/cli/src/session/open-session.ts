import { join } from 'node:path';
import { billingMigrations } from '@sluice/billing';
import { appRole, migrate, openDatabase, type Database } from '@sluice/database';
import { ledgerMigrations } from '@sluice/ledger';
import {
  createSluiceClient,
  registerSearchAttributes,
  type SluiceClient,
} from '@sluice/orchestrator';
import { payoutMigrations } from '@sluice/payout';
import { poolMigrations } from '@sluice/pool';
import { settlementMigrations } from '@sluice/settlement';
import { findRunningStack, startServers, startStack, type StackAddresses } from '@sluice/stack';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { programs, type CliConfig } from '../config.ts';
import type { Terminal } from '../terminal.ts';
import { startProcess } from './managed-process.ts';

/** All packages that store something, in the order in which their schemas are made. */
const migrationSets = [
  ledgerMigrations,
  billingMigrations,
  poolMigrations,
  settlementMigrations,
  payoutMigrations,
];

/** Things to be closed, in reverse order of their opening. */
export class Closing {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.unshift(step);
  }

  async close(): Promise<void> {
    for (const step of this.#steps.splice(0)) await step();
  }
}

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
}

/** Opens the database alone: that of the running stack, or its own for as long as it is needed. */
export async function openData(config: CliConfig): Promise<DataSession> {
  const closing = new Closing();
  const stateDir = config.SLUICE_STATE_DIR;
  try {
    const running = await findRunningStack(stateDir);
    const url = running?.databaseUrl ?? (await startPostgres(stateDir, closing));
    return { database: await openMigrated(url, closing), close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function startPostgres(stateDir: string, closing: Closing): Promise<string> {
  const servers = await startServers({ stateDir, env: process.env }, ['postgres']);
  closing.add(() => servers.stop());
  if (servers.databaseUrl === null) throw new Error('PostgreSQL was asked for and is missing');
  return servers.databaseUrl;
}

/** Brings everything up: PostgreSQL, Temporal, the sandbox bank and a worker; or joins what runs. */
export async function openSession(config: CliConfig, terminal: Terminal): Promise<Session> {
  const closing = new Closing();
  try {
    const addresses = await stackAddresses(config, terminal, closing);
    const database = await openMigrated(addresses.databaseUrl, closing);
    const bankUrl = await startBank(config, terminal, closing);
    const connection = await Connection.connect(connectionOptions(addresses));
    closing.add(() => connection.close());
    const namespace = addresses.temporalNamespace;
    await registerSearchAttributes(connection, namespace);
    await startWorker(config, terminal, closing, { ...addresses, bankUrl });
    const temporal = new Client({ connection, namespace });
    return {
      database,
      temporal,
      namespace,
      bankUrl,
      sluice: createSluiceClient(temporal, config.SLUICE_TASK_QUEUE),
      temporalUiUrl: addresses.temporalUiUrl,
      close: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function stackAddresses(
  config: CliConfig,
  terminal: Terminal,
  closing: Closing,
): Promise<StackAddresses> {
  const stateDir = config.SLUICE_STATE_DIR;
  const running = await findRunningStack(stateDir);
  if (running !== null) {
    terminal.step('using the PostgreSQL and Temporal that are running already');
    return running;
  }
  const stack = await startStack({
    stateDir,
    env: process.env,
    onProgress: (text) => terminal.step(text),
  });
  closing.add(() => stack.stop());
  return stack;
}

async function openMigrated(url: string, closing: Closing): Promise<Database> {
  await migrate(url, migrationSets);
  const database = openDatabase({ url, role: appRole, applicationName: 'sluice cli' });
  closing.add(() => database.close());
  return database;
}

function connectionOptions(addresses: StackAddresses): { address: string } & object {
  const { connectionOptions: fromEnvironment } = loadClientConnectConfig();
  return { ...fromEnvironment, address: addresses.temporalAddress };
}

async function startBank(config: CliConfig, terminal: Terminal, closing: Closing): Promise<string> {
  const bank = await startProcess({
    name: 'sandbox bank',
    script: programs.sandboxBank,
    logFile: join(config.SLUICE_STATE_DIR, 'logs', 'sandbox-bank.log'),
    env: {
      ...process.env,
      PORT: '0',
      DATA: join(config.SLUICE_STATE_DIR, 'sandbox-bank.sqlite'),
      LOG_LEVEL: config.LOG_LEVEL,
    },
    ready: (line) => (JSON.parse(line) as { listening?: string }).listening ?? null,
  });
  closing.add(() => bank.stop());
  terminal.step(`sandbox bank on ${bank.said}`);
  return bank.said;
}

async function startWorker(
  config: CliConfig,
  terminal: Terminal,
  closing: Closing,
  addresses: StackAddresses & { readonly bankUrl: string },
): Promise<void> {
  terminal.step('starting a worker');
  const worker = await startProcess({
    name: 'worker',
    script: programs.worker,
    logFile: join(config.SLUICE_STATE_DIR, 'logs', 'worker.log'),
    env: {
      ...process.env,
      DATABASE_URL: addresses.databaseUrl,
      TEMPORAL_ADDRESS: addresses.temporalAddress,
      TEMPORAL_NAMESPACE: addresses.temporalNamespace,
      SANDBOX_BANK_URL: addresses.bankUrl,
      SLUICE_CONFIG_DIR: config.SLUICE_CONFIG_DIR,
      SLUICE_TASK_QUEUE: config.SLUICE_TASK_QUEUE,
      LOG_LEVEL: config.LOG_LEVEL,
    },
    ready: (line) => (line.includes('worker is ready') ? 'ready' : null),
    onRestart: (pid) => terminal.step(`the worker died and was started again as process ${pid}`),
  });
  closing.add(() => worker.stop());
}
