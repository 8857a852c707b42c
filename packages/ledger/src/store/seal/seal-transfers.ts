import type { Database } from '@sluice/database';
import { makeSeal, type ChainHead } from '../../domain/seal/seal.ts';
import { transferLine } from '../../domain/seal/sealed-transfer.ts';
import { readChainHead } from './chain-head.ts';
import { readRecorded } from './read-recorded.ts';
import { closeBound, readUnsealed } from './seal-bound.ts';
import { sha256 } from './sha256.ts';
import { writeSeal } from './write-seal.ts';

/** What one step of the sealer did. */
export interface SealStep {
  /**
   * `sealed`: what had been recorded when the step began is sealed. `nothing-new`: it was before.
   * `waiting`: a transaction that may still record something is under way. `overtaken`: another
   * sealer went on from the same head.
   */
  readonly kind: 'sealed' | 'nothing-new' | 'waiting' | 'overtaken';
  /** How many seals this step made, over how many transfers. */
  readonly seals: number;
  readonly transfers: number;
  /** How old the oldest transfer without a seal was when the step began; 0 without one. */
  readonly lagMs: number;
  /** Where the chain stands now, as far as this sealer knows. */
  readonly head: ChainHead;
}

/** How a step is done: see {@link sealTransfers}. */
export interface SealOptions {
  /** How long to wait for transactions under way. */
  readonly waitMs: number;
  /** Told after each seal how many transfers this step has sealed. */
  readonly onSealed?: (transfers: number) => void;
}

/** More make nothing cheaper, and one seal with its transfers has to fit in memory. */
const maxTransfersPerSeal = 10_000;

/**
 * Seals everything that was recorded by now, in the order of `recordedNs` and id, in seals of about
 * 10,000 transfers. It takes no lock that a writer would notice, and writers do nothing for it but
 * to record above the bound that it announces. Each seal is one statement, committed by itself: a
 * step that is stopped has sealed what it has sealed, and two sealers cannot fork the chain.
 */
export async function sealTransfers(
  database: Database,
  { waitMs, onSealed }: SealOptions,
): Promise<SealStep> {
  let head = await readChainHead(database);
  const unsealed = await readUnsealed(database, head.throughNs);
  if (unsealed === null) return { kind: 'nothing-new', ...nothingDone, lagMs: 0, head };
  const { newestNs, lagMs } = unsealed;
  if (!(await closeBound(database, newestNs, waitMs))) {
    return { kind: 'waiting', ...nothingDone, lagMs, head };
  }
  let seals = 0;
  let transfers = 0;
  for (const throughNs of await readCuts(database, head.throughNs, newestNs)) {
    const recorded = await readRecorded(database, { afterNs: head.throughNs, throughNs });
    const leaves = recorded.map((transfer) => sha256(transferLine(transfer)));
    const seal = makeSeal(head, { throughNs, leaves }, sha256);
    if (!(await writeSeal(database, seal))) {
      return { kind: 'overtaken', seals, transfers, lagMs, head };
    }
    const { number, hash } = seal;
    head = { number, throughNs, hash };
    seals += 1;
    transfers += seal.transferCount;
    onSealed?.(transfers);
  }
  return { kind: 'sealed', seals, transfers, lagMs, head };
}

const nothingDone = { seals: 0, transfers: 0 } as const;

/**
 * Where one seal ends and the next begins. What was recorded in the same nanosecond stays in one
 * seal.
 */
async function readCuts(
  database: Database,
  afterNs: bigint,
  throughNs: bigint,
): Promise<readonly bigint[]> {
  const rows = await database.query<{ through_ns: bigint }>(
    `select distinct max(recorded_ns) as through_ns
     from (
       select recorded_ns, (row_number() over (order by recorded_ns) - 1) / $3::bigint as part
       from ledger.transfer
       where recorded_ns > $1 and recorded_ns <= $2
     ) numbered
     group by part
     order by through_ns`,
    [afterNs, throughNs, maxTransfersPerSeal],
  );
  return rows.map(({ through_ns }) => through_ns);
}
