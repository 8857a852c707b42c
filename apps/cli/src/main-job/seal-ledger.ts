import type { Database } from '@sluice/database';
import { readExportContents } from '@sluice/ledger';
import { sealEverything, type Sealed } from '../seal-everything.ts';
import { counted } from '../terminal/figures.ts';
import type { Job } from './job.ts';

/** Where the ledger's hash chain stands, as plain JSON. */
export interface ChainSummary {
  readonly seals: number;
  readonly transfers: number;
  /** The hash of the last seal: who keeps it can prove all that is below it. */
  readonly head: string;
}

/** Seals what the job has recorded, so that its report can name the head of it all. */
export async function sealLedger({ session, terminal }: Job): Promise<void> {
  await terminal.step<Sealed>(
    {
      doing: 'sealing the ledger',
      done: ({ transfers }) => `${counted(transfers, 'transfer')} that had no seal`,
    },
    ({ note }) => sealEverything(session.database, (n) => note(counted(n, 'transfer'))),
  );
}

/** Describes the chain as it stands. */
export async function describeChain(database: Database): Promise<ChainSummary> {
  const { head, transfers } = await readExportContents(database);
  return { seals: head.number, transfers, head: head.hash };
}
