import { stripVTControlCharacters } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { createColors } from 'picocolors';
import { elapsed, grouped } from './figures.ts';
import { StepFailedError } from './step-failed-error.ts';
import { drawTable, type Column } from './table.ts';

/** Tells how far a step is. */
export interface StepProgress {
  readonly set: (done: number) => void;
  /** What of the step is being done just now; seen on a terminal alone. */
  readonly note: (what: string) => void;
}

/** A step that takes more than a moment. */
export interface StepText<T> {
  /** What is being done: `recording redemptions`. */
  readonly doing: string;
  /** How much there is to do, where that is known. */
  readonly total?: number;
  /** What came of it, for the line that stays. */
  readonly done?: (result: T) => string;
}

const barWidth = 24;
/** Of the dot before a line of less weight. */
const asideIndent = 2;
/** What is done before one looks has no duration worth a word. */
const quickMs = 50;
const wipeLine = '\r\u001b[2K';
/** The bar goes back to the saved place when it ends. */
const saveCursor = '\u001b7';

/** Output for people. With `--json` standard output belongs to the summary, so it goes aside. */
export class Terminal {
  readonly #out: NodeJS.WriteStream;
  readonly #colors: ReturnType<typeof createColors>;
  #bar: SingleBar | null = null;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
    this.#colors = createColors(out.isTTY && out.hasColors());
  }

  /** How wide tables may be; null where nobody watches. */
  get width(): number | null {
    return this.#out.isTTY ? this.#out.columns : null;
  }

  /** One line; a bar that is being shown makes way and comes back below it. */
  line(text = ''): void {
    if (this.#bar === null) this.#out.write(`${text}\n`);
    else this.#out.write(`${wipeLine}${text}\n${saveCursor}`);
  }

  /** A line that few will want to read. */
  aside(text: string): void {
    this.line(this.#colors.dim(`· ${text}`));
  }

  /** One of many lines that few will want to read: cut where the terminal ends. */
  brief(text: string): void {
    this.aside(fit(text, (this.width ?? Infinity) - asideIndent));
  }

  /** Text beside what it belongs to, broken into lines where the terminal ends. */
  item(head: string, text: string): void {
    const indent = stripVTControlCharacters(head).length;
    const lines = wrapped(text, (this.width ?? Infinity) - indent);
    this.line(`${head}${lines.join(`\n${' '.repeat(indent)}`)}`);
  }

  /** A heading over what follows. */
  heading(text: string): void {
    this.line(`\n${this.#colors.bold(text)}`);
  }

  /** Whether something holds, in one word. */
  verdict(holds: boolean): string {
    return holds ? this.#colors.green('holds ') : this.#colors.red('BROKEN');
  }

  /** Rows under a head. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    this.line(drawTable(columns, rows, this.width));
  }

  /**
   * Does one step and leaves one line: what it was, what came of it, how long it took. While it
   * runs, a terminal shows how far it is.
   *
   * @throws StepFailedError naming the step, when `work` throws.
   */
  async step<T>(text: StepText<T>, work: (progress: StepProgress) => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const outer = this.#bar;
    const bar = this.#startBar(text, startedMs);
    const progress: StepProgress = {
      set: (done) => bar?.update(done),
      note: (what) => bar?.update({ note: `: ${what}` }),
    };
    try {
      const result = await work(progress);
      bar?.stop();
      this.#bar = outer;
      const came = text.done === undefined ? 'done' : text.done(result);
      const quick = performance.now() - startedMs < quickMs;
      this.line(`  ${text.doing}: ${came}${quick ? '' : ` in ${elapsed(startedMs)}`}`);
      return result;
    } catch (error) {
      bar?.stop();
      this.#bar = outer;
      throw error instanceof StepFailedError ? error : new StepFailedError(text.doing, error);
    }
  }

  #startBar({ doing, total }: StepText<never>, startedMs: number): SingleBar | null {
    if (!this.#out.isTTY || this.#bar !== null) return null;
    this.#bar = new SingleBar(
      {
        stream: this.#out,
        format: (_options, { value, progress, eta }, { note = '' }: { readonly note?: string }) =>
          fit(
            progressText({ doing: doing + note, total, value, progress, eta, startedMs }),
            this.width ?? 80,
          ),
        clearOnComplete: true,
        // Modes of the terminal that a killed program would leave behind are left alone.
        hideCursor: false,
        linewrap: true,
        // A line that is written meanwhile wipes the bar away.
        forceRedraw: true,
      },
      Presets.shades_classic,
    );
    this.#bar.start(total ?? 1, 0);
    return this.#bar;
  }
}

function progressText(now: {
  readonly doing: string;
  readonly total: number | undefined;
  readonly value: number;
  readonly progress: number;
  readonly eta: number;
  readonly startedMs: number;
}): string {
  const { doing, total, value, progress, eta, startedMs } = now;
  if (total === undefined) return `  ${doing} … ${elapsed(startedMs)}`;
  const filled = Math.round(progress * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  const left = Number.isFinite(eta) && value > 0 ? ` · ${grouped(eta)} s left` : '';
  return `  ${doing} ${bar} ${grouped(value)}/${grouped(total)}${left}`;
}

/** Breaks text between words; a word that is too long for a line stays whole. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A bar that wraps cannot be wiped away. */
function fit(text: string, width: number): string {
  return text.length < width ? text : text.slice(0, width - 1);
}
