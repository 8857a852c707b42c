import type { Queryable } from '@sluice/database';
import type { Seal } from '../../domain/seal/seal.ts';

/**
 * Adds a link to the chain.
 *
 * @returns false when another sealer has added one to the same head before.
 */
export async function writeSeal(q: Queryable, seal: Seal): Promise<boolean> {
  const written = await q.query(
    `insert into ledger.seal (
       number, through_ns, transfer_count, digest, previous_hash, hash, leaves
     )
     values ($1, $2, $3, decode($4, 'hex'), decode($5, 'hex'), decode($6, 'hex'), decode($7, 'hex'))
     on conflict do nothing
     returning number`,
    [
      ...[seal.number, seal.throughNs, seal.transferCount],
      ...[seal.digest, seal.previousHash, seal.hash, seal.leaves],
    ],
  );
  return written.length === 1;
}
