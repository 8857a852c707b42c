import type { Row } from '../frame/bench.ts';

/** `  bulk lane: 14,647 redemptions in 9.2 s` */
const timedStep = /^\s*([a-z][^:]*): .* in (\d+(?:\.\d+)?) s$/;
/** `· starting a worker` */
const plainStep = /^· (.+)$/;

/**
 * Hears what the main job says while it runs, and tells where its time went: the steps that it
 * times itself, as it says; what came before the first and after the last of them; and the rest.
 */
export class JobClock {
  readonly #startedMs: number;
  readonly #steps = new Map<string, number>();
  #firstBeganMs: number | null = null;
  #lastEndedMs: number;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
    this.#lastEndedMs = startedMs;
  }

  /** Gives the step that a line is about, for the watcher; null for any other line. */
  hear(line: string, nowMs: number): string | null {
    const [, name, seconds] = timedStep.exec(line) ?? [];
    if (name === undefined || seconds === undefined) return plainStep.exec(line)?.[1] ?? null;
    this.#steps.set(name, (this.#steps.get(name) ?? 0) + Number(seconds));
    this.#firstBeganMs ??= nowMs - Number(seconds) * 1_000;
    this.#lastEndedMs = nowMs;
    return `${name} took ${seconds} s`;
  }

  /** The rows of the run that ended now. */
  end(nowMs: number): readonly Row[] {
    const total = (nowMs - this.#startedMs) / 1_000;
    const before = ((this.#firstBeganMs ?? this.#startedMs) - this.#startedMs) / 1_000;
    const after = (nowMs - this.#lastEndedMs) / 1_000;
    const steps = [...this.#steps.values()].reduce((sum, seconds) => sum + seconds, 0);
    const row = (name: string, value: number): Row => ({ name, value, unit: 's' });
    return [
      row('in total', total),
      row('before the first step', before),
      ...[...this.#steps].map(([name, seconds]) => row(name, seconds)),
      row('between the steps', Math.max(0, total - before - steps - after)),
      row('after the last step', after),
    ];
  }
}
