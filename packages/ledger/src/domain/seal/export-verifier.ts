import { parseHeader, parseSeal, sealPrefix, type ExportHeader } from './export-lines.ts';
import type { Finding, FindingKind } from './finding.ts';
import { SealedBlock } from './sealed-block.ts';
import { chainStart, sealFault, splitLeaves, type ChainHead, type Seal } from './seal.ts';
import type { Sha256 } from './sealed-transfer.ts';

/** What an export proved. */
export interface ExportVerdict {
  /** How many seals and transfers were read. */
  readonly seals: number;
  readonly transfers: number;
  /** The last seal that was read. */
  readonly head: ChainHead;
  /** The seal whose hash was kept elsewhere; null when none was given or it was not found. */
  readonly keptSeal: number | null;
  /** The first twenty, in the order of the file; empty when every byte is as it was sealed. */
  readonly findings: readonly Finding[];
  /** How many there are in all. */
  readonly findingCount: number;
}

const maxFindings = 20;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Checks an export line by line, in memory that does not grow with the file: each transfer's line
 * against the leaf that its seal has for it, each seal against its own hash and the one before it,
 * the whole against its header and against a head hash that somebody kept.
 */
export class ExportVerifier {
  readonly #sha256: Sha256;
  readonly #keptHead: string | null;
  readonly #findings: Finding[] = [];
  #findingCount = 0;
  #line = 0;
  #seals = 0;
  #transfers = 0;
  #header: ExportHeader | undefined;
  #block = new SealedBlock(0, 1, []);
  #head = chainStart;
  /** Whether the seal that is the head could be trusted to say its own hash. */
  #headIsSound = true;
  /** The hash of the seal whose lines are being read. */
  #current: string = chainStart.hash;
  #keptSeal: number | null;
  /** Whether it is told already that the file ends too early. */
  #cutShort = false;

  constructor(sha256: Sha256, keptHead: string | null) {
    this.#sha256 = sha256;
    this.#keptHead = keptHead;
    this.#keptSeal = keptHead === chainStart.hash ? chainStart.number : null;
  }

  /** The next line with its line feed; only the last line of a file can be without one. */
  add(bytes: Uint8Array): void {
    this.#line += 1;
    if (bytes.at(-1) !== lineFeed) {
      this.#find('truncated', 'the file ends within this line');
      this.#cutShort = true;
      return;
    }
    const isSeal = startsWith(bytes, sealPrefixBytes);
    if (this.#line === 1 && this.#readHeader(bytes, isSeal)) return;
    if (isSeal) this.#readSeal(decoder.decode(bytes));
    else {
      this.#transfers += 1;
      this.#block.add(this.#line, bytes, this.#sha256(bytes));
    }
  }

  /** The file has no more lines. */
  end(): ExportVerdict {
    const { seals = 0 } = this.#header ?? {};
    this.#closeBlock(seals - this.#head.number, this.#line);
    if (!this.#cutShort) this.#compareWithHeader();
    if (this.#keptHead !== null && this.#keptSeal === null) {
      this.#find('head-not-found', `no seal of this chain has the hash ${this.#keptHead}`);
    }
    return {
      seals: this.#seals,
      transfers: this.#transfers,
      head: this.#head,
      keptSeal: this.#keptSeal,
      findings: this.#findings.slice(0, maxFindings),
      findingCount: this.#findingCount,
    };
  }

  /** Whether the first line was no more than a header, right or wrong. */
  #readHeader(bytes: Uint8Array, isSeal: boolean): boolean {
    this.#header = parseHeader(decoder.decode(bytes), this.#sha256);
    if (this.#header === undefined) {
      this.#find('header', 'this is not the header of an export, or it was changed');
    }
    return !isSeal;
  }

  #readSeal(line: string): void {
    this.#seals += 1;
    const seal = parseSeal(line);
    if (seal?.hash === this.#current && seal.number === this.#head.number) {
      this.#find('repeated-line', `this repeats the line of seal ${seal.number}`, seal.number);
      return;
    }
    const fault = seal === undefined ? 'it cannot be read' : sealFault(seal, this.#sha256);
    if (seal === undefined || fault !== undefined) {
      this.#closeBlock(0);
      this.#passOver(this.#head.number + 1, fault ?? '');
      return;
    }
    this.#closeBlock(seal.number - this.#head.number - 1);
    this.#link(seal);
    this.#current = seal.hash;
    this.#block = new SealedBlock(seal.number, this.#line, splitLeaves(seal));
    if (seal.hash === this.#keptHead) this.#keptSeal = seal.number;
  }

  /** A seal that is damaged takes its place in the chain; its transfers cannot be judged. */
  #passOver(number: number, fault: string): void {
    const message = `this line of seal ${number} was changed: ${fault}`;
    this.#find('altered-seal', message, number);
    this.#loseSeal(number);
    this.#block = new SealedBlock(number, this.#line, null);
  }

  #loseSeal(number: number): void {
    this.#head = { ...this.#head, number };
    this.#headIsSound = false;
    this.#current = '';
  }

  /** Whether a seal that is right in itself continues the chain. */
  #link(seal: Seal): void {
    const { number, throughNs, hash } = this.#head;
    const next = number + 1;
    if (seal.number <= number) {
      this.#find('misplaced-seal', `seal ${seal.number} stands after seal ${number}`, seal.number);
      return;
    }
    if (seal.number > next) {
      const gone = seal.number === number + 2 ? `seal ${next} is` : `the seals from ${next} are`;
      this.#find('removed-seals', `${gone} gone from before seal ${seal.number}`, next);
    } else if (this.#headIsSound && (seal.previousHash !== hash || seal.throughNs <= throughNs)) {
      const message = `seal ${seal.number} does not continue seal ${number}: one was replaced`;
      this.#find('broken-chain', message, seal.number);
    }
    this.#head = { number: seal.number, throughNs: seal.throughNs, hash: seal.hash };
    this.#headIsSound = true;
  }

  /**
   * @param missing how many seals the chain lacks before what comes next.
   * @param lastLine of the file, once it has ended: what is gone from there was cut off.
   */
  #closeBlock(missing: number, lastLine = Infinity): void {
    const lost = this.#head.number + 1;
    const findings =
      missing > 0 ? this.#block.findingsBeforeLostSeal(lost) : this.#block.findings();
    for (const finding of findings) {
      const isCut = finding.kind === 'removed-transfers' && finding.line >= lastLine;
      if (!isCut) this.#note(finding);
      else if (!this.#cutShort) this.#noteCut(finding);
      if (finding.seal === lost) this.#loseSeal(lost);
    }
  }

  #noteCut(finding: Finding): void {
    const message = `the file ends here, within seal ${finding.seal}`;
    this.#note({ ...finding, kind: 'truncated', message });
    this.#cutShort = true;
  }

  #compareWithHeader(): void {
    if (this.#header === undefined) {
      if (this.#line === 0) this.#note({ ...ending(1), message: 'the file is empty' });
      return;
    }
    const { seals, transfers, head } = this.#header;
    const { number } = this.#head;
    if (number < seals) {
      const message = `the file ends here, after ${number} of ${seals} seals`;
      this.#note({ ...ending(this.#line + 1), message });
    } else if (this.#findingCount === 0) {
      const fits = number === seals && this.#head.hash === head && this.#transfers === transfers;
      if (!fits) this.#note({ ...atHeader, message: 'what follows is not what the header says' });
    }
  }

  #find(kind: FindingKind, message: string, seal: number | null = null): void {
    const place = { line: this.#line, lastLine: this.#line, transferId: null };
    this.#note({ kind, ...place, seal, message });
  }

  #note(finding: Finding): void {
    this.#findingCount += 1;
    if (this.#findings.length < maxFindings) this.#findings.push(finding);
  }
}

const atHeader = { kind: 'header', line: 1, lastLine: 1, seal: null, transferId: null } as const;

function ending(line: number): Omit<Finding, 'message'> {
  return { kind: 'truncated', line, lastLine: line, seal: null, transferId: null };
}

const lineFeed = 0x0a;
const sealPrefixBytes = new TextEncoder().encode(sealPrefix);

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
