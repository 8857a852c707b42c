import { createReadStream, statSync } from 'node:fs';
import { verifyExport, type ExportVerdict, type Finding } from '@sluice/ledger';
import { refuse, UnexpectedRefusalError } from '@sluice/money';
import { exitCodes } from '../exit-codes.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

/** What an export is held against. */
export interface VerifyLedgerOptions {
  /** A head hash that was kept elsewhere. */
  readonly head?: string;
}

/** Checks an export without a database. Gives 1 when anything in it is not as it was sealed. */
export async function verifyLedger(path: string, { head }: VerifyLedgerOptions): Promise<number> {
  const verdict = await new Terminal(process.stderr).step(
    { doing: `checking ${path}`, total: sizeOf(path) },
    ({ set }) =>
      verifyExport(createReadStream(path, { highWaterMark: pieceBytes }), {
        ...(head === undefined ? {} : { head }),
        onBytes: set,
      }),
  );
  const terminal = new Terminal();
  if (verdict.findingCount > 0) printFindings(terminal, path, verdict);
  else printSound(terminal, verdict);
  return verdict.findingCount > 0 ? exitCodes.broken : exitCodes.fine;
}

const pieceBytes = 1 << 18;

function printSound(terminal: Terminal, { seals, transfers, head, keptSeal }: ExportVerdict): void {
  const what = `${counted(transfers, 'transfer')} in ${counted(seals, 'seal')}`;
  terminal.line(`${what}: every byte is as it was sealed`);
  terminal.line(`head ${head.hash} (seal ${head.number})`);
  if (keptSeal !== null) {
    terminal.line(
      `The kept hash is that of seal ${keptSeal}: all up to there is what it was then.`,
    );
  } else {
    terminal.line('The file agrees with itself. Who kept a head hash can prove more: --head HASH.');
  }
}

function printFindings(terminal: Terminal, path: string, verdict: ExportVerdict): void {
  for (const finding of verdict.findings) terminal.line(`${path}:${describe(finding)}`);
  const more = verdict.findingCount - verdict.findings.length;
  if (more > 0) terminal.line(`and ${counted(more, 'finding')} more`);
  terminal.line(
    `NOT as it was sealed: ${counted(verdict.findingCount, 'finding')} ` +
      `in ${counted(verdict.transfers, 'transfer')} and ${counted(verdict.seals, 'seal')}`,
  );
}

function describe({ kind, line, lastLine, seal, transferId, message }: Finding): string {
  const lines = line === lastLine ? `${line}` : `${line}-${lastLine}`;
  const names = [
    ...(seal === null ? [] : [`seal ${seal}`]),
    ...(transferId === null ? [] : [`transfer ${transferId}`]),
  ];
  const where = names.length === 0 ? '' : ` (${names.join(', ')})`;
  return `${lines}: ${kind}${where}: ${message}`;
}

/** @throws UnexpectedRefusalError `FILE_UNREADABLE`. */
function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) return found.size;
  const why = found === undefined ? 'there is no such file' : 'it is a folder';
  const message = `${path} cannot be read: ${why}`;
  throw new UnexpectedRefusalError(refuse('FILE_UNREADABLE', message, { path }));
}
