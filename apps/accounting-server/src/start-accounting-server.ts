import pino from 'pino';
import { Books } from './books.ts';
import type { LogLevel } from './config.ts';
import { createServer } from './server.ts';
import { openAccountingStore } from './store/accounting-store.ts';

export interface AccountingServerSettings {
  /** The SQLite file with the books; made when missing, with its folder. */
  readonly dataFile: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** `info` when not given. Logs go to standard error, one JSON line each. */
  readonly logLevel?: LogLevel;
}

/** An accounting server that listens on loopback. */
export interface RunningAccountingServer {
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string;
  /** Stops listening, drops clients that it keeps waiting, closes the books. */
  close(): Promise<void>;
}

/**
 * Starts one on 127.0.0.1 in this process. What it booked before, under the same file, is there.
 *
 * @throws DataFileError when the file cannot be used, Node's EADDRINUSE when the port is taken.
 */
export async function startAccountingServer(
  settings: AccountingServerSettings,
): Promise<RunningAccountingServer> {
  const logger = pino(
    { level: settings.logLevel ?? 'info', name: 'accounting-server' },
    pino.destination({ fd: 2, sync: true }),
  );
  const store = openAccountingStore(settings.dataFile);
  const server = createServer(new Books(store), logger);
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
