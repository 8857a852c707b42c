import pino from 'pino';
import { Bank } from './bank.ts';
import { dateOf } from './bank-date.ts';
import type { LogLevel } from './config.ts';
import { createServer } from './server.ts';
import { openBankStore } from './store/bank-store.ts';

export interface SandboxBankSettings {
  /** The SQLite file with the bank's books; made when missing, with its folder. */
  readonly dataFile: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** `info` when not given. Logs go to standard error, one JSON line each. */
  readonly logLevel?: LogLevel;
}

/** A bank that listens on loopback. */
export interface RunningBank {
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string;
  /** Stops listening, drops clients that it keeps waiting, closes the books. */
  close(): Promise<void>;
}

/**
 * Starts a bank on 127.0.0.1 in this process. What it booked before, under the same file, is there.
 *
 * @throws DataFileError when the file cannot be used, Node's EADDRINUSE when the port is taken.
 */
export async function startSandboxBank(settings: SandboxBankSettings): Promise<RunningBank> {
  const logger = pino(
    { level: settings.logLevel ?? 'info', name: 'sandbox-bank' },
    pino.destination({ fd: 2, sync: true }),
  );
  const store = openBankStore(settings.dataFile, dateOf(new Date()));
  const server = createServer(new Bank(store), logger);
  server.addHook('onClose', (_instance, done) => {
    store.close();
    done();
  });
  try {
    const baseUrl = await server.listen({ host: '127.0.0.1', port: settings.port });
    return { baseUrl, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw error;
  }
}
