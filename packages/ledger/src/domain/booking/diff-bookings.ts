import { isRefusal } from '@sluice/money';
import { draftBooking, type BookingEvent } from './booking-event.ts';
import type { BookingRuleSet } from './booking-rule.ts';
import {
  bookedBy,
  differenceOf,
  legKey,
  legsOf,
  legsThatDiffer,
  type BookedBy,
  type DifferenceKind,
  type EventDifference,
  type Leg,
} from './event-difference.ts';

/** What booking does to one account in one currency: credits - debits, in minor units. */
export interface AccountDifference {
  readonly account: string;
  readonly currency: string;
  readonly liveMinor: bigint;
  readonly draftMinor: bigint;
  /** How many events book it otherwise on the draft, whether that shows in its sums or not. */
  readonly events: number;
}

/** How many events a code refused, on either version. */
export interface RefusalCount {
  readonly code: string;
  readonly live: number;
  readonly draft: number;
}

/** What a draft version would have booked otherwise. */
export interface BookingDiff {
  readonly live: { readonly id: string; readonly version: number };
  readonly draft: { readonly id: string; readonly version: number };
  readonly events: number;
  /** Booked, or refused, the same on both. */
  readonly same: number;
  readonly kinds: Readonly<Record<DifferenceKind, number>>;
  /** Those that some event books otherwise; the largest difference first. */
  readonly accounts: readonly AccountDifference[];
  /** In the order of codes; none when neither version refuses anything. */
  readonly refusals: readonly RefusalCount[];
  /** Business types of either version of which no event came in: nothing is known of them. */
  readonly unseenTypes: readonly string[];
  /** Of each kind the events that differ most. */
  readonly examples: readonly EventDifference[];
}

/** Two versions to compare. */
export interface DiffRequest {
  readonly live: BookingRuleSet;
  readonly draft: BookingRuleSet;
  /** How many events of each kind are kept as examples. */
  readonly examples: number;
}

/**
 * Replays recorded business events on a draft version and tells what it would book otherwise than
 * the live one. Takes one event at a time; memory grows with accounts and codes, not with events.
 */
export async function diffBookings(
  events: Iterable<BookingEvent> | AsyncIterable<BookingEvent>,
  request: DiffRequest,
): Promise<BookingDiff> {
  const running = new RunningDiff(request);
  for await (const event of events) running.add(event);
  return running.result();
}

interface RunningAccount extends AccountDifference {
  liveMinor: bigint;
  draftMinor: bigint;
  events: number;
}

class RunningDiff {
  readonly #request: DiffRequest;
  readonly #accounts = new Map<string, RunningAccount>();
  readonly #refusals = new Map<string, { live: number; draft: number }>();
  readonly #kinds = {
    ...{ changed: 0, 'newly-refused': 0, 'no-longer-refused': 0, 'refused-otherwise': 0 },
  } satisfies Record<DifferenceKind, number>;
  readonly #seenTypes = new Set<string>();
  readonly #examples = new Map<DifferenceKind, readonly EventDifference[]>();
  #events = 0;

  constructor(request: DiffRequest) {
    this.#request = request;
  }

  add(event: BookingEvent): void {
    this.#events += 1;
    this.#seenTypes.add(event.businessType);
    const live = bookedBy(draftBooking(this.#request.live, event));
    const draft = bookedBy(draftBooking(this.#request.draft, event));
    for (const leg of legsOf(live)) this.#accountOf(leg).liveMinor += leg.minor;
    for (const leg of legsOf(draft)) this.#accountOf(leg).draftMinor += leg.minor;
    this.#countRefusal(live, 'live');
    this.#countRefusal(draft, 'draft');
    const difference = differenceOf(event, live, draft);
    if (difference === null) return;
    this.#kinds[difference.kind] += 1;
    for (const leg of legsThatDiffer(live, draft)) this.#accountOf(leg).events += 1;
    const kept = [...(this.#examples.get(difference.kind) ?? []), difference];
    this.#examples.set(difference.kind, kept.sort(byEffect).slice(0, this.#request.examples));
  }

  result(): BookingDiff {
    const { live, draft } = this.#request;
    const differing = Object.values(this.#kinds).reduce((left, right) => left + right, 0);
    return {
      live: { id: live.id, version: live.version },
      draft: { id: draft.id, version: draft.version },
      events: this.#events,
      same: this.#events - differing,
      kinds: this.#kinds,
      accounts: [...this.#accounts.values()].filter(({ events }) => events > 0).sort(byDifference),
      refusals: [...this.#refusals]
        .map(([code, counts]) => ({ code, ...counts }))
        .sort((left, right) => (left.code < right.code ? -1 : 1)),
      unseenTypes: [...new Set([...live.subSets.keys(), ...draft.subSets.keys()])].filter(
        (type) => !this.#seenTypes.has(type),
      ),
      examples: [...this.#examples.values()].flat(),
    };
  }

  #accountOf(leg: Leg): RunningAccount {
    const key = legKey(leg);
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const { account, currency } = leg;
    const fresh = { account, currency, liveMinor: 0n, draftMinor: 0n, events: 0 };
    this.#accounts.set(key, fresh);
    return fresh;
  }

  #countRefusal(booked: BookedBy, version: 'live' | 'draft'): void {
    if (!isRefusal(booked)) return;
    const counts = this.#refusals.get(booked.code) ?? { live: 0, draft: 0 };
    counts[version] += 1;
    this.#refusals.set(booked.code, counts);
  }
}

function sizeOf(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}

/** The largest first, equal ones by their names: the same events give the same order. */
function order<T>(sizeOfOne: (one: T) => bigint, nameOf: (one: T) => string) {
  return (left: T, right: T): number => {
    const [a, b] = [sizeOfOne(left), sizeOfOne(right)];
    if (a !== b) return a > b ? -1 : 1;
    return nameOf(left) < nameOf(right) ? -1 : 1;
  };
}

const byEffect = order<EventDifference>(
  ({ effect }) => effect.reduce((total, { minor }) => total + sizeOf(minor), 0n),
  ({ key }) => key,
);

const byDifference = order<AccountDifference>(
  ({ liveMinor, draftMinor }) => sizeOf(draftMinor - liveMinor),
  ({ account, currency }) => `${account} ${currency}`,
);
