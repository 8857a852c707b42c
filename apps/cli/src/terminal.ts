import CliTable from 'cli-table3';
import { Presets, SingleBar } from 'cli-progress';
import colors from 'picocolors';

/** One line for people. With `--json` standard output belongs to the summary, so it goes aside. */
export class Terminal {
  readonly #out: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`);
  }

  /** A step that begins. */
  step(text: string): void {
    this.line(colors.dim(`· ${text}`));
  }

  /** A heading over what follows. */
  heading(text: string): void {
    this.line(`\n${colors.bold(text)}`);
  }

  /** Rows under a head; the columns named in `right` hold figures. */
  table(
    head: readonly string[],
    rows: readonly (readonly string[])[],
    right: readonly number[],
  ): void {
    const table = new CliTable({
      head: [...head],
      colAligns: head.map((_, index) => (right.includes(index) ? 'right' : 'left')),
      style: { head: [], border: [], compact: true },
    });
    table.push(...rows.map((row) => [...row]));
    this.line(table.toString());
  }

  /** A bar for work that takes more than a moment; where nobody watches, a line at the end. */
  bar(text: string, total: number): ProgressBar {
    const started = performance.now();
    const bar = new SingleBar(
      {
        stream: this.#out,
        format: `  ${text} {bar} {value}/{total} · {eta_formatted} left`,
        hideCursor: true,
        clearOnComplete: true,
        noTTYOutput: false,
      },
      Presets.shades_classic,
    );
    if (this.#out.isTTY) bar.start(Math.max(total, 1), 0);
    return {
      set: (value) => bar.update(value),
      done: (value) => {
        bar.stop();
        const seconds = ((performance.now() - started) / 1_000).toFixed(1);
        this.line(`  ${text}: ${value} in ${seconds} s`);
      },
    };
  }
}

export interface ProgressBar {
  set(value: number): void;
  /** Takes the bar away and leaves one line: what was done, and how long it took. */
  done(value: string): void;
}
