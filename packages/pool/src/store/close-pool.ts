import type { Tx } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { compareForWaterfall } from '../domain/funding-source.ts';
import { lockFunds } from './lock-funds.ts';

/** What one source gets back: the part of its mandate that was never drawn, in minor units. */
export interface Release {
  readonly sourceId: string;
  readonly account: string;
  readonly releasedMinor: bigint;
}

/** A closed pool, with what it released, in the order of the waterfall. */
export interface PoolClosing {
  readonly answer: 'closed' | 'was-closed';
  readonly released: readonly Release[];
}

/**
 * Closes a pool: from now on every draw is refused, and what was not drawn is released to its
 * sources. Waits for draws under way. Safe to repeat: the releases are the same ever after.
 *
 * @returns the releases, or `POOL_UNKNOWN`.
 */
export async function closePool(tx: Tx, poolId: string): Promise<PoolClosing | Refusal> {
  const funds = await lockFunds(tx, poolId);
  if (isRefusal(funds)) return funds;
  if (funds.state === 'open') {
    await tx.query(`update pool.pool set state = 'closed', closed_at = now() where id = $1`, [
      poolId,
    ]);
  }
  const ordered = funds.mandates.toSorted((left, right) =>
    compareForWaterfall(left.source, right.source),
  );
  return {
    answer: funds.state === 'open' ? 'closed' : 'was-closed',
    released: ordered.map(({ source, limitMinor, drawnMinor }) => ({
      sourceId: source.id,
      account: source.account,
      releasedMinor: limitMinor - drawnMinor,
    })),
  };
}
