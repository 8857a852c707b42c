import type { Money } from '@sluice/money';
import type {
  BankPayment,
  BankPayments,
  PaymentInstruction,
  Rail,
  RailAnswer,
} from '@sluice/payout';

/**
 * What a bank makes of one submission: books it and says so, accepts it for later, books it and
 * never answers, never gets it, or says no.
 */
export type Mood = 'book' | 'accept' | 'book-and-time-out' | 'lose' | 'reject';

interface Held {
  readonly amount: Money;
  answer: RailAnswer;
}

/** A bank in memory: pays each key once, whatever its mood; everything it is asked is counted. */
export class ScriptedBank implements Rail, BankPayments {
  readonly name = 'scripted-bank';
  /** Every call in order: `submit P-1:1`, `query P-1:1 settled`. */
  readonly calls: string[] = [];
  /** What a submission comes to, by its key or, for all others, `default`. */
  readonly moods = new Map<string, Mood>([['default', 'book']]);
  readonly #held = new Map<string, Held>();

  submit({ attemptKey, amount }: PaymentInstruction): Promise<RailAnswer> {
    this.calls.push(`submit ${attemptKey}`);
    const mood = this.moods.get(attemptKey) ?? this.moods.get('default') ?? 'book';
    const answer = this.#held.get(attemptKey)?.answer ?? firstAnswer(mood, attemptKey);
    if (mood !== 'lose') this.#held.set(attemptKey, { amount, answer });
    const isLost = mood === 'lose' || mood === 'book-and-time-out';
    return Promise.resolve(isLost ? { kind: 'unknown', message: 'time-out' } : answer);
  }

  query(attemptKey: string): Promise<RailAnswer> {
    const answer = this.#held.get(attemptKey)?.answer ?? { kind: 'not-found' };
    this.calls.push(`query ${attemptKey} ${answer.kind}`);
    return Promise.resolve(answer);
  }

  /** The bank's day goes on: what it booked is past its return window, or came back. */
  ends(attemptKey: string, how: 'settled' | 'final' | 'returned'): void {
    const held = this.#held.get(attemptKey);
    if (held === undefined) throw new Error(`the bank never had ${attemptKey}`);
    held.answer = answers[how](attemptKey);
  }

  /** What was accepted is booked, what was booked ends so. */
  passDay(attemptKey: string, how: 'final' | 'returned'): void {
    const kind = this.#held.get(attemptKey)?.answer.kind;
    if (kind === 'pending') this.ends(attemptKey, 'settled');
    if (kind === 'settled') this.ends(attemptKey, how);
  }

  /** {@link ends} for all that is booked. */
  endAll(how: 'final' | 'returned'): void {
    for (const [key, { answer }] of this.#held) if (answer.kind === 'settled') this.ends(key, how);
  }

  payments(): Promise<readonly BankPayment[]> {
    return Promise.resolve(
      [...this.#held].map(([attemptKey, { amount, answer }]) => ({
        attemptKey,
        amount,
        status: answer.kind,
      })),
    );
  }

  /** How often the bank was asked to pay this payout, under any key. */
  submissionsOf(payoutId: string): number {
    return this.calls.filter((call) => call.startsWith(`submit ${payoutId}:`)).length;
  }
}

const answers = {
  settled: (key: string): RailAnswer => ({
    ...{ kind: 'settled', bankReference: `B-${key}` },
    ...{ bookedOn: '2017-07-29', returnableUntil: '2017-07-31' },
  }),
  final: (key: string): RailAnswer => ({
    ...{ kind: 'final', bankReference: `B-${key}`, bookedOn: '2017-07-29' },
  }),
  returned: (key: string): RailAnswer => ({
    ...{ kind: 'returned', bankReference: `B-${key}` },
    ...{ reasonCode: 'AC04', returnedOn: '2017-07-30' },
  }),
} as const;

function firstAnswer(mood: Mood, key: string): RailAnswer {
  if (mood === 'reject')
    return { kind: 'rejected', reasonCode: 'AC01', message: 'no such account' };
  if (mood === 'accept') return { kind: 'pending', bankReference: `B-${key}` };
  return answers.settled(key);
}
