import { spawn, type ChildProcess } from 'node:child_process';

const graceMs = 15_000;

/** Runs Node programs one after another, and can end the one that runs with all it has started. */
export class StepRunner {
  readonly #cwd: string;
  #running: ChildProcess | null = null;
  #aborted = false;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** True after {@link abort}: no further step runs. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** Runs `node ...args` to its end; true when it succeeded. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<boolean> {
    if (this.#aborted) return Promise.resolve(false);
    const child = spawn(process.execPath, args, {
      cwd: this.#cwd,
      // A group of its own, so that one signal reaches whatever the step starts.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    this.#running = child;
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        this.#signal('SIGKILL'); // What an interrupted step has left behind in its group.
        this.#running = null;
        resolve(code === 0);
      });
    });
  }

  /** Ends the running step: first in order, then by force. */
  abort(): void {
    this.#aborted = true;
    this.#signal('SIGINT');
    setTimeout(() => this.#signal('SIGKILL'), graceMs).unref();
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#running?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
