import type { Database } from '@sluice/database';
import { sealTransfers, type SealStep } from '@sluice/ledger';

/** How long to wait for transactions that may still record something. */
const waitMs = 30_000;

/** What sealing everything came to. */
export type Sealed = Pick<SealStep, 'seals' | 'transfers' | 'head'> & {
  /** False when transactions are under way that may still record something. */
  readonly complete: boolean;
};

/** Seals all that is recorded by now, also beside a sealer that is at work already. */
export async function sealEverything(
  database: Database,
  onSealed?: (transfers: number) => void,
): Promise<Sealed> {
  let seals = 0;
  let transfers = 0;
  for (;;) {
    const before = transfers;
    const step = await sealTransfers(database, {
      waitMs,
      onSealed: (count) => onSealed?.(before + count),
    });
    seals += step.seals;
    transfers += step.transfers;
    if (step.kind === 'overtaken') continue;
    return { seals, transfers, head: step.head, complete: step.kind !== 'waiting' };
  }
}
