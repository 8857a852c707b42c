import type { ASTNode } from '@marcbachmann/cel-js';
import { limits } from '../language/limits.ts';
import type { Fault } from '../language/reader.ts';
import { Source, type TextFault } from './source.ts';

/** An entry of a map or list: where it stands, from its name to the end of its value. */
export interface TextEntry {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Whether it holds further entries. */
  readonly isOpen: boolean;
}

/**
 * What turning a text into the stored form shares. Every part of the stored form remembers where it
 * stood, so that the faults the checker finds by path are told by line and column.
 */
export class Translation {
  readonly source: Source;
  readonly faults: (TextFault & { readonly offset: number })[] = [];
  /** The entries of maps and lists, for the formatter to hang comments on. */
  readonly entries: TextEntry[] = [];
  readonly #offsets = new Map<string, number>();

  constructor(text: string) {
    this.source = new Source(text);
  }

  /** Notes where the part at a path stands. */
  place(path: string, node: Pick<ASTNode, 'start'>): void {
    this.#offsets.set(path, node.start);
  }

  /** Notes an entry whose name, or whose value where it has none, begins at a node. */
  entry(path: string, { start }: Pick<ASTNode, 'start'>, { end, op }: ASTNode): void {
    this.entries.push({ path, start, end, isOpen: op === 'map' || op === 'list' });
  }

  /** Notes a fault at a node. */
  fault(node: Pick<ASTNode, 'pos'>, message: string): null {
    const offset = node.pos;
    this.faults.push({ ...this.source.placeOf(offset), offset, message });
    return null;
  }

  /** Whether a tree is deeper than any rule may be; notes it as a fault. */
  isTooDeep(node: ASTNode, depth: number): boolean {
    if (depth <= limits.depth) return false;
    this.fault(node, `nested deeper than ${limits.depth}`);
    return true;
  }

  /** A fault of the stored form as a fault of the text: at the innermost part that is known. */
  located({ path, message }: Fault): TextFault {
    let known = path;
    while (known !== '' && !this.#offsets.has(known)) {
      known = known.slice(0, Math.max(0, known.search(/(\.[^.[\]]*|\[[^\]]*\])$/)));
    }
    const place = this.source.placeOf(this.#offsets.get(known) ?? 0);
    return { ...place, message: known === path || path === '' ? message : `${message} (${path})` };
  }
}
