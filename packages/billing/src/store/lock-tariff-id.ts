import type { Tx } from '@sluice/database';

/**
 * Waits until no other transaction drafts, reviews or publishes under the id, and keeps others
 * waiting until the end of this one. Without it, a revision that is written while the one before is
 * being published would be left behind: neither of the two would see the other.
 */
export async function lockTariffId(tx: Tx, tariffId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('billing.tariff ' || $1, 0))`, [
    tariffId,
  ]);
}
