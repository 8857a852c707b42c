import type { Tx } from '@sluice/database';
import type { Refusal } from '@sluice/money';
import type { Purpose } from '../domain/funding-source.ts';
import type { PoolFunds } from '../domain/pool-funds.ts';
import { poolUnknown } from './refusals.ts';

interface PoolRow {
  readonly currency: string;
  readonly state: 'open' | 'closed';
  readonly intermediary_account: string;
  readonly size_minor: bigint;
  readonly drawn_minor: bigint;
}

interface MandateRow {
  readonly source_id: string;
  readonly account: string;
  readonly limit_minor: bigint;
  readonly drawn_minor: bigint;
  readonly capacity_minor: bigint;
  readonly priority: bigint;
  readonly expires_on: string | null;
  readonly serves: readonly Purpose[];
}

/**
 * Locks a pool, then its mandates by source id, and gives its funds as they are. Every draw of
 * the pool passes here, one transaction after the other, until the holder's transaction ends;
 * reading, and taking redemptions in, go on meanwhile.
 *
 * @returns the funds, of a closed pool too; or `POOL_UNKNOWN`.
 */
export async function lockFunds(tx: Tx, poolId: string): Promise<PoolFunds | Refusal> {
  const [pool] = await tx.query<PoolRow>(
    `select currency, state, intermediary_account, size_minor, drawn_minor
     from pool.pool where id = $1 for no key update`,
    [poolId],
  );
  if (pool === undefined) return poolUnknown(poolId);
  const mandates = await tx.query<MandateRow>(
    `select mandate.source_id, source.account, mandate.limit_minor, mandate.drawn_minor,
       mandate.capacity_minor, mandate.priority, mandate.expires_on, mandate.serves
     from pool.mandate
     join pool.source on source.id = mandate.source_id
     where mandate.pool_id = $1
     order by mandate.source_id
     for no key update of mandate`,
    [poolId],
  );
  return {
    poolId,
    currency: pool.currency,
    state: pool.state,
    intermediaryAccount: pool.intermediary_account,
    sizeMinor: pool.size_minor,
    drawnMinor: pool.drawn_minor,
    mandates: mandates.map(toMandate),
  };
}

function toMandate(row: MandateRow): PoolFunds['mandates'][number] {
  return {
    source: {
      id: row.source_id,
      account: row.account,
      capacityMinor: row.capacity_minor,
      priority: Number(row.priority),
      expiresOn: row.expires_on,
      serves: row.serves,
    },
    limitMinor: row.limit_minor,
    drawnMinor: row.drawn_minor,
  };
}
