import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '@sluice/database';
import { exportSeals, readExportContents, type ExportContents } from '@sluice/ledger';
import { refuse, UnexpectedRefusalError } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { openData } from '../session/open-session.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

/** Where an export goes. */
export interface ExportOptions {
  /** A file; standard output when left out. */
  readonly out?: string;
}

/** Writes all that is sealed as JSON lines. Standard output holds these and nothing else. */
export async function exportLedger(config: CliConfig, { out }: ExportOptions): Promise<number> {
  const terminal = new Terminal(process.stderr);
  const session = await openData(config, terminal);
  try {
    const contents = await readExportContents(session.database);
    const { head, transfers } = contents;
    await terminal.step(
      {
        doing: 'exporting the ledger',
        total: transfers,
        done: () => `${counted(transfers, 'transfer')} in ${counted(head.number, 'seal')}`,
      },
      ({ set }) => write(session.database, contents, out, set),
    );
    terminal.line(`  head ${head.hash}: keep it elsewhere, it proves this export later`);
    return exitCodes.fine;
  } finally {
    await session.close();
  }
}

async function write(
  database: Database,
  contents: ExportContents,
  out: string | undefined,
  onTransfers: (written: number) => void,
): Promise<void> {
  const text = Readable.from(exportSeals(database, contents, onTransfers));
  if (out === undefined) return pipeline(text, process.stdout, { end: false });
  // The name is given to a whole file only.
  const part = `${out}.${process.pid}.part`;
  try {
    await pipeline(text, createWriteStream(part, { flags: 'wx', mode: 0o600 }));
    renameSync(part, out);
  } catch (error) {
    rmSync(part, { force: true });
    throw unwritable(out, error) ?? error;
  }
}

/** The refusal `FILE_UNWRITABLE` for an error of the file system. */
function unwritable(path: string, error: unknown): UnexpectedRefusalError | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const message = `${path} cannot be written (${error.message}): choose another --out`;
  return new UnexpectedRefusalError(refuse('FILE_UNWRITABLE', message, { path }));
}
