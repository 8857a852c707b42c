import { withTransaction } from '@sluice/database';
import { expireHolds, sealTransfers } from '@sluice/ledger';
import type { Activities } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';

/** How long a round waits for transactions under way; the next round seals what this one cannot. */
const waitMs = 20_000;

/** The activities of the ledger's upkeep; each does what is to be done by now. */
export function createLedgerUpkeepActivities({
  database,
}: Pick<Dependencies, 'database'>): Pick<Activities, 'expireHolds' | 'sealLedger'> {
  return {
    async expireHolds(options) {
      const expired = await withTransaction(database, (tx) => expireHolds(tx, options));
      return { kind: 'expired', expired };
    },
    async sealLedger() {
      const { head, ...step } = await sealTransfers(database, { waitMs });
      const through = new Date(Number(head.throughNs / 1_000_000n)).toISOString();
      return { ...step, head: { number: head.number, hash: head.hash, through } };
    },
  };
}
