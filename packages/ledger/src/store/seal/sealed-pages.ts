import type { Queryable } from '@sluice/database';
import { chainStart, type ChainHead, type Seal } from '../../domain/seal/seal.ts';
import { transferLine, type SealedTransfer } from '../../domain/seal/sealed-transfer.ts';
import { readRecorded } from './read-recorded.ts';
import { readSeals } from './read-seals.ts';

/** A seal with the transfers that are stored in its range now, and their lines. */
export interface StoredSeal {
  readonly seal: Seal;
  readonly transfers: readonly SealedTransfer[];
  readonly lines: readonly string[];
}

/** Read in one go: what is in memory at a time. */
const maxTransfersPerPage = 10_000;

/**
 * Goes along the chain, as far as this head, some seals at a time, in memory that does not grow.
 * What is sealed does not change, so it needs no transaction around it.
 */
export async function* sealedPages(
  q: Queryable,
  { number: lastNumber }: ChainHead,
): AsyncGenerator<readonly StoredSeal[]> {
  let { number, throughNs } = chainStart;
  while (number < lastNumber) {
    const range = { afterNumber: number, maxTransfers: maxTransfersPerPage };
    const seals = (await readSeals(q, range)).filter((seal) => seal.number <= lastNumber);
    const last = seals.at(-1);
    if (last === undefined) return;
    const recorded = await readRecorded(q, { afterNs: throughNs, throughNs: last.throughNs });
    yield distribute(seals, recorded);
    ({ number, throughNs } = last);
  }
}

/** Each transfer to the first seal whose bound it is not above; both are in order. */
function distribute(
  seals: readonly Seal[],
  recorded: readonly SealedTransfer[],
): readonly StoredSeal[] {
  let next = 0;
  return seals.map((seal) => {
    const first = next;
    while ((recorded[next]?.recordedNs ?? Infinity) <= seal.throughNs) next += 1;
    const transfers = recorded.slice(first, next);
    return { seal, transfers, lines: transfers.map(transferLine) };
  });
}
