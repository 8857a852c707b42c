import type { Queryable } from '@sluice/database';
import type { Seal } from '../../domain/seal/seal.ts';

/** Which part of the chain: see {@link readSeals}. */
export interface SealRange {
  readonly afterNumber: number;
  /** Together they cover no more transfers than this, but for a first one that is larger. */
  readonly maxTransfers: number;
}

/** The next seals, oldest first. What they cover can be read in one go. */
export async function readSeals(
  q: Queryable,
  { afterNumber, maxTransfers }: SealRange,
): Promise<readonly Seal[]> {
  const rows = await q.query<Omit<Seal, 'number'> & { readonly number: bigint }>(
    `select number, through_ns as "throughNs", transfer_count as "transferCount",
       encode(digest, 'hex') as digest, encode(previous_hash, 'hex') as "previousHash",
       encode(hash, 'hex') as hash, encode(leaves, 'hex') as leaves
     from (
       select *, sum(transfer_count) over (order by number) as covered
       from (select * from ledger.seal where number > $1 order by number limit $2) next
     ) next
     where covered <= $3 or covered = transfer_count
     order by number`,
    [afterNumber, maxSeals, maxTransfers],
  );
  return rows.map(({ number, ...seal }) => ({ ...seal, number: Number(number) }));
}

const maxSeals = 1_000;
