import { linkText, type ChainHead, type Seal } from './seal.ts';
import type { Sha256 } from './sealed-transfer.ts';

/** What the first line of an export says of the rest. */
export interface ExportHeader {
  readonly seals: number;
  readonly transfers: number;
  /** The hash of the last seal, zeros without one. */
  readonly head: ChainHead['hash'];
}

/** How the line of a seal begins. */
export const sealPrefix = '{"seal":';

/** The first line: it vouches for itself, so that damage to it is not taken for the file's. */
export function headerLine(header: ExportHeader, sha256: Sha256): string {
  const text = headerText(header);
  return `{${text},"check":"${sha256(text)}"}\n`;
}

function headerText({ seals, transfers, head }: ExportHeader): string {
  return `"ledgerExport":1,"seals":${seals},"transfers":${transfers},"head":"${head}"`;
}

const count = String.raw`(0|[1-9]\d{0,14})`;
const hash = String.raw`"([0-9a-f]{64})"`;
const headerPattern = new RegExp(
  String.raw`^\{"ledgerExport":1,"seals":${count},"transfers":${count},"head":${hash},"check":`,
);

/** Reads a header back; undefined for any line that is not one to the last byte. */
export function parseHeader(line: string, sha256: Sha256): ExportHeader | undefined {
  const [, seals = '', transfers = '', head = ''] = headerPattern.exec(line) ?? [];
  const header = { seals: Number(seals), transfers: Number(transfers), head };
  return headerLine(header, sha256) === line ? header : undefined;
}

/** The line of a seal: its transfers follow. */
export function sealLine(seal: Seal): string {
  return `{${linkText(seal)},"hash":"${seal.hash}","leaves":"${seal.leaves}"}\n`;
}

const sealPattern = new RegExp(
  String.raw`^\{"seal":${count},"throughNs":"([1-9]\d{0,18})","transfers":${count},` +
    String.raw`"digest":${hash},"previousHash":${hash},"hash":${hash},"leaves":"([0-9a-f]*)"\}\n$`,
);

/** Reads a seal back, right or wrong in itself; undefined for a line of any other shape. */
export function parseSeal(line: string): Seal | undefined {
  const found = sealPattern.exec(line);
  if (found === null) return undefined;
  const [, number = '', throughNs = '', transfers = '', ...hashes] = found;
  const [digest = '', previousHash = '', ownHash = '', leaves = ''] = hashes;
  return {
    number: Number(number),
    throughNs: BigInt(throughNs),
    transferCount: Number(transfers),
    ...{ digest, previousHash, hash: ownHash, leaves },
  };
}
