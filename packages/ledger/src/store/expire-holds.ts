import type { Tx } from '@sluice/database';
import { transferId } from '../transfer-id.ts';
import { postAll } from './post-transfers.ts';

/** What a hold that has run out is posted with. */
const expiryType = 'hold.expired';

/**
 * Frees what holds reserve whose time is over by the database's clock, the longest overdue first,
 * and records each as a transfer of the kind `expire-hold`. Until then they count against the
 * limits, though nobody can post them any more; so call it again and again, and at once when it
 * gives `limit`. Several callers at a time do no harm.
 *
 * @returns how many holds it freed, 0 to `limit`.
 */
export async function expireHolds(tx: Tx, { limit }: { readonly limit: number }): Promise<number> {
  const due = await tx.query<{ id: string; reference: string; expires_at: Date }>(
    `select hold.id, transfer.reference, hold.expires_at
     from ledger.hold
     join ledger.transfer using (id)
     where hold.resolved_by is null and hold.expires_at <= clock_timestamp()
     order by hold.expires_at
     limit $1`,
    [limit],
  );
  if (due.length === 0) return 0;
  const results = await postAll(
    tx,
    due.map(({ id, reference, expires_at: expiresAt }) => ({
      id: transferId(`${expiryType}/${id}`, expiresAt.toISOString()),
      kind: 'expire-hold',
      holdId: id,
      type: expiryType,
      reference,
      effectiveAt: expiresAt.toISOString(),
      linked: false,
    })),
  );
  return results.filter(({ status }) => status === 'created').length;
}
