import { headerLine, sealLine } from '../domain/seal/export-lines.ts';
import { chainStart, makeSeal, type ChainHead } from '../domain/seal/seal.ts';
import { transferLine, type SealedTransfer } from '../domain/seal/sealed-transfer.ts';
import { sha256 } from '../store/seal/sha256.ts';
import { transferId } from '../transfer-id.ts';
import { at } from './samples.ts';

/** The n-th transfer of a sample, with all there can be in one. */
export function sealedTransfer(n: number, changes: Partial<SealedTransfer> = {}): SealedTransfer {
  return {
    id: transferId(`sealed ${n}`, at),
    recordedNs: 1_500_000_000_000_000_000n + BigInt(n),
    kind: 'direct',
    debitAccount: 'funding/match-fund',
    creditAccount: `payable/${n}`,
    currency: 'USD',
    amountMinor: 5n,
    askedMinor: null,
    balancing: null,
    timeoutMs: null,
    originalId: null,
    debitBalanceMinor: BigInt(-5 * n),
    creditBalanceMinor: 5n,
    debitHeldMinor: null,
    creditHeldMinor: null,
    effectiveAt: '2017-07-01T09:30:00.000000Z',
    type: 'subsidy.coupon',
    reference: `RED-${n}`,
    ...changes,
  };
}

/** A line that is sealed in place of the sample's own; lines count from 1. */
interface Replaced {
  readonly line: number;
  readonly text: string;
}

/** The lines of an export with so many transfers in each of its seals. */
export function sampleExport(
  sizes: readonly number[],
  { replaced }: { readonly replaced?: Replaced } = {},
): readonly string[] {
  const lines: string[] = [];
  let head: ChainHead = chainStart;
  let transfers = 0;
  for (const size of sizes) {
    const sealed = Array.from({ length: size }, (_, n) => sealedTransfer(transfers + n + 1));
    const first = lines.length + 3;
    const own = sealed.map((transfer, place) =>
      replaced?.line === first + place ? replaced.text : transferLine(transfer),
    );
    const throughNs = sealed.at(-1)?.recordedNs ?? 0n;
    const seal = makeSeal(head, { throughNs, leaves: own.map(sha256) }, sha256);
    lines.push(sealLine(seal), ...own);
    transfers += size;
    head = seal;
  }
  return [headerLine({ seals: sizes.length, transfers, head: head.hash }, sha256), ...lines];
}
