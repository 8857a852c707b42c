import type { Queryable } from '@sluice/database';
import { headerLine, sealLine } from '../../domain/seal/export-lines.ts';
import type { ChainHead } from '../../domain/seal/seal.ts';
import { readChainHead } from './chain-head.ts';
import { sealedPages } from './sealed-pages.ts';
import { sha256 } from './sha256.ts';

/** What an export holds. */
export interface ExportContents {
  readonly head: ChainHead;
  readonly transfers: number;
}

/** Says what {@link exportSeals} would write now. */
export async function readExportContents(q: Queryable): Promise<ExportContents> {
  const head = await readChainHead(q);
  const [sum] = await q.query<{ transfers: bigint }>(
    `select coalesce(sum(transfer_count), 0)::bigint as transfers
     from ledger.seal where number <= $1`,
    [head.number],
  );
  return { head, transfers: Number(sum?.transfers ?? 0n) };
}

/**
 * Writes everything that is sealed as text of JSON lines, some at a time, in memory that does not
 * grow: a header, then each seal followed by its transfers as they are stored now. `verifyExport`
 * checks it without a database.
 */
export async function* exportSeals(
  q: Queryable,
  { head, transfers }: ExportContents,
  onTransfers?: (written: number) => void,
): AsyncGenerator<string> {
  yield headerLine({ seals: head.number, transfers, head: head.hash }, sha256);
  let written = 0;
  for await (const page of sealedPages(q, head)) {
    for (const { seal, lines } of page) {
      yield [sealLine(seal), ...lines].join('');
      written += lines.length;
      onTransfers?.(written);
    }
  }
}
