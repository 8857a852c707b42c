import { compareLeaves, type Difference } from './compare-leaves.ts';
import type { Finding } from './finding.ts';
import { transferPrefix } from './sealed-transfer.ts';

/** Lines past those that were sealed are counted, but no more than so many are looked at. */
const maxSurplus = 10_000;

interface OddLine {
  readonly transferId: string | null;
  readonly isTransfer: boolean;
}

/** The lines that follow one seal, held against its leaves. Its memory is bounded by the seal's. */
export class SealedBlock {
  readonly #seal: number;
  /** Null for a seal that cannot be read: its lines are passed over. */
  readonly #sealed: readonly string[] | null;
  readonly #found: string[] = [];
  readonly #lines: number[] = [];
  readonly #odd = new Map<number, OddLine>();
  #lastLine: number;

  constructor(seal: number, line: number, sealed: readonly string[] | null) {
    this.#seal = seal;
    this.#lastLine = line;
    this.#sealed = sealed;
  }

  /** One more line. */
  add(line: number, bytes: Uint8Array, leaf: string): void {
    this.#lastLine = line;
    if (this.#sealed === null || this.#found.length > this.#sealed.length + maxSurplus) return;
    const place = this.#found.push(leaf) - 1;
    this.#lines.push(line);
    if (leaf !== this.#sealed[place]) this.#odd.set(place, readOddLine(bytes));
  }

  /** What is wrong with the lines, in their order. */
  findings(): readonly Finding[] {
    return compareLeaves(this.#sealed ?? [], this.#found).map((difference) =>
      this.#describe(difference),
    );
  }

  /**
   * Takes lines that nobody knows at the end of the block for what follows a seal whose own line
   * is lost: gives the findings with that one in their place.
   */
  findingsBeforeLostSeal(lost: number): readonly Finding[] {
    const all = this.findings();
    const last = all.at(-1);
    if (last?.kind !== 'added-lines' || last.lastLine !== this.#lastLine) return all;
    const isTransfer = this.#odd.get(this.#lines.indexOf(last.line))?.isTransfer ?? false;
    const found: Finding = {
      ...last,
      seal: lost,
      transferId: null,
      kind: isTransfer ? 'removed-seals' : 'altered-seal',
      ...(isTransfer ? {} : { lastLine: last.line }),
      message: isTransfer
        ? `the line of seal ${lost} is gone from above these transfers`
        : `this should be the line of seal ${lost}: the transfers below it cannot be judged`,
    };
    return [...all.slice(0, -1), found];
  }

  #describe(difference: Difference): Finding {
    const { kind, place } = difference;
    const line = this.#lines[place] ?? this.#lastLine + 1;
    const transferId = this.#odd.get(place)?.transferId ?? null;
    const at = { line, lastLine: line, seal: this.#seal, transferId };
    switch (kind) {
      case 'changed':
        return { ...at, kind: 'changed-transfer', message: 'this is not the line that was sealed' };
      case 'removed': {
        const what = difference.count === 1 ? 'a transfer' : `${difference.count} transfers`;
        const message =
          `${what} that stood here ${difference.count === 1 ? 'is' : 'are'} gone; ` +
          `the SHA-256 of the first line is ${difference.leaf}`;
        return { ...at, kind: 'removed-transfers', transferId: null, message };
      }
      case 'added': {
        const lastLine = this.#lineOf(difference.lastPlace);
        return { ...at, kind: 'added-lines', lastLine, message: 'this was never sealed' };
      }
      case 'repeated': {
        const message = `this repeats line ${this.#lines[difference.of] ?? 0}`;
        return { ...at, kind: 'repeated-line', message };
      }
      case 'reordered': {
        const lastLine = this.#lineOf(difference.lastPlace);
        const message = 'these transfers were sealed in another order';
        return { ...at, kind: 'reordered-transfers', transferId: null, lastLine, message };
      }
    }
  }

  /** Of lines beyond those that are looked at, the last one. */
  #lineOf(place: number): number {
    return place === this.#lines.length - 1 ? this.#lastLine : (this.#lines[place] ?? 0);
  }
}

/** Its id is the first thing a transfer's line has. */
const headLength = 60;
const idPattern = /^\{"transfer":"([0-9a-f-]{36})"/;

function readOddLine(bytes: Uint8Array): OddLine {
  const head = new TextDecoder().decode(bytes.subarray(0, headLength));
  return {
    transferId: idPattern.exec(head)?.[1] ?? null,
    isTransfer: head.startsWith(transferPrefix),
  };
}
