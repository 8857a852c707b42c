/** What can be wrong with an export: the closed set that {@link Finding} speaks of. */
export const findingKinds = [
  /** The first line is not a header, or does not fit what follows. */
  'header',
  /** A transfer's line is not the one that was sealed. */
  'changed-transfer',
  /** Transfers that were sealed are gone. */
  'removed-transfers',
  /** Lines that no seal knows. */
  'added-lines',
  /** A line stands there twice. */
  'repeated-line',
  /** Transfers stand in another order than they were sealed in. */
  'reordered-transfers',
  /** A seal's line is damaged: its transfers cannot be judged by it. */
  'altered-seal',
  /** Seals are gone. */
  'removed-seals',
  /** A seal stands where an earlier or later one belongs. */
  'misplaced-seal',
  /** A seal is right in itself and does not continue the one before it: one was replaced. */
  'broken-chain',
  /** The file ends too early. */
  'truncated',
  /** The hash that was kept elsewhere is not in this chain: it was rewritten. */
  'head-not-found',
] as const;

/** See {@link findingKinds}. */
export type FindingKind = (typeof findingKinds)[number];

/** One thing that is wrong with an export, and where. */
export interface Finding {
  readonly kind: FindingKind;
  /** Lines count from 1. Where something is gone: the line that stands there now. */
  readonly line: number;
  readonly lastLine: number;
  /** The seal that it belongs to; null where none is known. */
  readonly seal: number | null;
  /** Of the transfer, as far as its line can still be read. */
  readonly transferId: string | null;
  /** What is wrong, in words, without the place. */
  readonly message: string;
}
