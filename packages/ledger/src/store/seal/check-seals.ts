import type { Invariant, Queryable } from '@sluice/database';
import { compareLeaves, type Difference } from '../../domain/seal/compare-leaves.ts';
import { chainStart, sealFault, splitLeaves, type ChainHead } from '../../domain/seal/seal.ts';
import { readChainHead } from './chain-head.ts';
import { sealedPages, type StoredSeal } from './sealed-pages.ts';
import { sha256 } from './sha256.ts';

const maxViolations = 20;

/**
 * The invariant I13: makes the whole hash chain anew from the stored transfers. Whatever was
 * changed, taken away or slipped in below the last bound is named. What is not sealed yet is not
 * looked at.
 */
export async function checkSeals(q: Queryable): Promise<Invariant> {
  const violations: string[] = [];
  let checked = 0;
  let previous = chainStart;
  for await (const page of sealedPages(q, await readChainHead(q))) {
    for (const stored of page) {
      violations.push(...sealViolations(previous, stored), ...transferViolations(stored));
      previous = stored.seal;
      checked += stored.transfers.length;
    }
    if (violations.length >= maxViolations) break;
  }
  return {
    id: 'I13',
    title: 'the hash chain over all sealed transfers verifies',
    checked,
    violations: violations.slice(0, maxViolations),
  };
}

function sealViolations(previous: ChainHead, { seal }: StoredSeal): readonly string[] {
  const violations: string[] = [];
  const fault = sealFault(seal, sha256);
  if (fault !== undefined) violations.push(`seal ${seal.number}: ${fault}`);
  const continues =
    seal.number === previous.number + 1 &&
    seal.previousHash === previous.hash &&
    seal.throughNs > previous.throughNs;
  if (!continues) violations.push(`seal ${seal.number} does not continue seal ${previous.number}`);
  return violations;
}

function transferViolations({ seal, transfers, lines }: StoredSeal): readonly string[] {
  const differences = compareLeaves(
    splitLeaves(seal),
    lines.map((line) => sha256(line)),
  );
  const nameAt = (place: number): string => transfers[place]?.id ?? 'the end';
  return differences.map((difference) => `seal ${seal.number}: ${describe(difference, nameAt)}`);
}

function describe(difference: Difference, nameAt: (place: number) => string): string {
  const name = nameAt(difference.place);
  switch (difference.kind) {
    case 'changed':
      return `transfer ${name} is not what was sealed`;
    case 'removed':
      return (
        `${difference.count} sealed before ${name} are gone, ` +
        `the SHA-256 of the first line is ${difference.leaf}`
      );
    case 'added': {
      const n = difference.lastPlace - difference.place + 1;
      return `${n} from ${name} on lie within its bound and were not sealed`;
    }
    case 'repeated':
      return `transfer ${name} is there twice`;
    case 'reordered':
      return `from ${name} to ${nameAt(difference.lastPlace)} the order is not what was sealed`;
  }
}
