import { refuse, type Refusal } from '@sluice/money';
import type { RailAnswer } from './rail.ts';

/**
 * Where a payout stands, for us:
 * `created` recorded, no money put aside; `awaiting-funds` the paying account cannot cover it now;
 * `reserved` money put aside, and no submission in doubt; `submitting` the SENT record is written,
 * the bank's answer is not; `unknown` the bank was called and gave no definite answer; `submitted`
 * the bank has it and has not booked it; `settled` booked, may still be returned; `final` past its
 * return window; `returned` the money came back; `rejected` a definite no.
 */
export const payoutStates = [
  'created',
  'awaiting-funds',
  'reserved',
  'submitting',
  'unknown',
  'submitted',
  'settled',
  'final',
  'returned',
  'rejected',
] as const;
export type PayoutState = (typeof payoutStates)[number];

/** What the world is told: it never sees doubt, attempts or our bookkeeping. */
export type PayoutStatus = 'pending' | 'paid' | 'returned' | 'failed';

/** Decided on our side: put money aside, not enough of it, or try again after a rejection. */
export type OwnEvent = 'reserve' | 'lack-funds' | 'retry';

/** All that can move a payout: our decisions, a submission, and each kind of bank answer. */
export type PayoutEvent = OwnEvent | 'submit' | RailAnswer['kind'];

/** Every event, for tables and tests. */
export const payoutEvents = [
  'reserve',
  'lack-funds',
  'retry',
  'submit',
  'pending',
  'settled',
  'final',
  'returned',
  'rejected',
  'not-found',
  'unknown',
] as const satisfies readonly PayoutEvent[];

type Moves = Readonly<Partial<Record<PayoutEvent, PayoutState>>>;

/** Where a definite answer leads while the bank's last word was no booking. */
const definiteNews = {
  pending: 'submitted',
  settled: 'settled',
  final: 'final',
  returned: 'returned',
  rejected: 'rejected',
} as const satisfies Moves;

/**
 * A missing cell is a conflict. Once money is put aside, a repeated `reserve` changes nothing. An
 * answer that says less than is known (an old one that arrives late, a poll that timed out) keeps
 * the state; one that contradicts it is a conflict. `reserved` takes answers too: after
 * `not-found`, the first submission's answer may still come.
 */
const moves: Readonly<Record<PayoutState, Moves>> = {
  created: { reserve: 'reserved', 'lack-funds': 'awaiting-funds', retry: 'created' },
  'awaiting-funds': { reserve: 'reserved', 'lack-funds': 'awaiting-funds' },
  reserved: {
    ...definiteNews,
    reserve: 'reserved',
    submit: 'submitting',
    'not-found': 'reserved',
    unknown: 'unknown',
  },
  submitting: {
    ...definiteNews,
    reserve: 'submitting',
    'not-found': 'reserved',
    unknown: 'unknown',
  },
  unknown: { ...definiteNews, reserve: 'unknown', 'not-found': 'reserved', unknown: 'unknown' },
  submitted: { ...definiteNews, reserve: 'submitted', unknown: 'submitted' },
  settled: {
    reserve: 'settled',
    pending: 'settled',
    settled: 'settled',
    final: 'final',
    returned: 'returned',
    unknown: 'settled',
  },
  // A return after the window is rare and real: the money is back, so it is recorded.
  final: {
    reserve: 'final',
    pending: 'final',
    settled: 'final',
    final: 'final',
    returned: 'returned',
    unknown: 'final',
  },
  returned: {
    pending: 'returned',
    settled: 'returned',
    final: 'returned',
    returned: 'returned',
    unknown: 'returned',
  },
  rejected: {
    retry: 'created',
    pending: 'rejected',
    rejected: 'rejected',
    'not-found': 'rejected',
    unknown: 'rejected',
  },
};

/**
 * The state after an event, the same state when the event says nothing new, or the refusal
 * `PAYOUT_STATE_CONFLICT`. `submit` leaves `reserved` only, and `reserved` is reached again only
 * by a query that said `not-found`: so nothing is ever sent twice without having asked.
 */
export function transition(state: PayoutState, event: PayoutEvent): PayoutState | Refusal {
  const next = moves[state][event];
  if (next !== undefined) return next;
  return refuse(
    'PAYOUT_STATE_CONFLICT',
    `"${event}" cannot happen to a payout that is ${state}: ` +
      'read the payout again and take its next step',
    { state, event },
  );
}

const statuses: Readonly<Record<PayoutState, PayoutStatus>> = {
  created: 'pending',
  'awaiting-funds': 'pending',
  reserved: 'pending',
  submitting: 'pending',
  unknown: 'pending',
  submitted: 'pending',
  settled: 'paid',
  final: 'paid',
  returned: 'returned',
  rejected: 'failed',
};

/** The public status of a state. */
export function publicStatus(state: PayoutState): PayoutStatus {
  return statuses[state];
}

/** The states that the world sees as one status. */
export function statesOf(status: PayoutStatus): readonly PayoutState[] {
  return payoutStates.filter((state) => statuses[state] === status);
}
