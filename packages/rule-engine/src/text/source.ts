/** A place in a text, both counted from 1, as editors show it. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a text, and where. */
export interface TextFault extends Place {
  readonly message: string;
}

/** Finds lines and columns of offsets into one text. */
export class Source {
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.#lineStarts.push(at + 1);
    }
  }

  /** The place of an offset. */
  placeOf(offset: number): Place {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }
}

/** A fault for people: `line 12, column 9: expected money USD, found decimal`. */
export function textFaultLine({ line, column, message }: TextFault): string {
  return `line ${line}, column ${column}: ${message}`;
}
