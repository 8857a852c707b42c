import type { Queryable } from '@sluice/database';
import { chainStart, type ChainHead } from '../../domain/seal/seal.ts';

/** The last seal; `chainStart` before the first. */
export async function readChainHead(q: Queryable): Promise<ChainHead> {
  const [last] = await q.query<{ number: bigint; through_ns: bigint; hash: string }>(
    `select number, through_ns, encode(hash, 'hex') as hash
     from ledger.seal order by number desc limit 1`,
  );
  if (last === undefined) return chainStart;
  return { number: Number(last.number), throughNs: last.through_ns, hash: last.hash };
}
