import type { PaymentInstruction, Rail, RailAnswer } from '../domain/rail.ts';

/**
 * A bank in memory that does not know what idempotency is: each submission that arrives is paid.
 * Its moods come from a script of numbers; when the script is over, it answers truly.
 */
export class SimulatedBank implements Rail {
  readonly name = 'simulated';
  /** One entry per payment that left. */
  readonly paid: string[] = [];
  /** What was asked and answered, in order. */
  readonly log: { readonly call: 'submit' | 'query'; readonly key: string; answer: string }[] = [];
  readonly #script: number[];
  readonly #truth = new Map<string, RailAnswer>();

  constructor(script: readonly number[]) {
    this.#script = [...script];
  }

  /** The script's next number below `sides`; 0 is the friendly one. */
  roll(sides: number): number {
    return (this.#script.shift() ?? 0) % sides;
  }

  submit({ attemptKey }: PaymentInstruction): Promise<RailAnswer> {
    const mood = this.roll(5);
    if (mood === 4) return this.#answer('submit', attemptKey, lost);
    this.#truth.set(attemptKey, mood === 3 ? rejected : mood === 2 ? pending : settled);
    if (mood !== 3) this.paid.push(attemptKey);
    return this.#answer('submit', attemptKey, mood === 1 ? lost : this.#said(attemptKey));
  }

  query(attemptKey: string): Promise<RailAnswer> {
    const mood = this.roll(4);
    if (mood === 3) return this.#answer('query', attemptKey, lost);
    this.#advance(attemptKey, mood);
    return this.#answer('query', attemptKey, this.#said(attemptKey));
  }

  #said(key: string): RailAnswer {
    return this.#truth.get(key) ?? { kind: 'not-found' };
  }

  /** Time passes between two queries: what is pending settles, what settled ends. */
  #advance(key: string, mood: number): void {
    const { kind } = this.#said(key);
    if (kind === 'pending') this.#truth.set(key, mood === 0 ? settled : pending);
    if (kind === 'settled' && mood !== 2) this.#truth.set(key, mood === 0 ? final : returned);
  }

  #answer(call: 'submit' | 'query', key: string, answer: RailAnswer): Promise<RailAnswer> {
    this.log.push({ call, key, answer: answer.kind });
    return Promise.resolve(answer);
  }
}

const bankReference = 'B-1';
const lost: RailAnswer = { kind: 'unknown', message: 'time-out' };
const rejected: RailAnswer = { kind: 'rejected', reasonCode: 'AC01', message: 'no such account' };
const pending: RailAnswer = { kind: 'pending', bankReference };
const settled: RailAnswer = {
  ...{ kind: 'settled', bankReference },
  ...{ bookedOn: '2017-07-03', returnableUntil: '2017-07-05' },
};
const final: RailAnswer = { kind: 'final', bankReference, bookedOn: '2017-07-03' };
const returned: RailAnswer = {
  ...{ kind: 'returned', bankReference, reasonCode: 'AC04', returnedOn: '2017-07-04' },
};

/** Each submission after the first that had neither a not-found nor a rejection before it. */
export function blindSubmissions(bank: SimulatedBank): readonly string[] {
  const blind: string[] = [];
  let asked = true;
  for (const { call, key, answer } of bank.log) {
    if (call === 'submit' && !asked) blind.push(key);
    asked = answer === 'rejected' || (call === 'query' && answer === 'not-found');
  }
  return blind;
}
