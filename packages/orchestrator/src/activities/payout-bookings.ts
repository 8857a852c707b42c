import { money } from '@sluice/money';
import type { Payout } from '@sluice/payout';
import type { AccountPart } from '@sluice/settlement';
import { subAccountParameters } from './account-codes.ts';
import type { Booking } from './post-bookings.ts';

/** What the seller is owed goes to clearing, and a sub-account's money is on its way. */
export function reservationOf(
  payout: Payout,
  mainAccount: string,
  parts: readonly AccountPart[],
): readonly Booking[] {
  const event = eventOf(payout, payout.attempts.length + 1);
  return [
    {
      ...event('payout.owed', 'owed'),
      parameters: { seller: payout.sellerId, mainAccount },
      amounts: { owed: payout.amount },
    },
    ...toParts(payout, parts, event, 'payout.reserved'),
  ];
}

/** The money has left for the seller's bank. */
export function settlementOf(payout: Payout): readonly Booking[] {
  const event = eventOf(payout, payout.attempts.length);
  const { amount } = payout;
  return [
    {
      ...event('payout.settled', 'settled'),
      parameters: { currency: amount.currency },
      amounts: { paid: amount },
    },
  ];
}

/** The money is with us again, on sub-accounts, and the seller is owed it again. */
export function comebackOf(
  payout: Payout,
  mainAccount: string,
  parts: readonly AccountPart[],
  why: 'returned' | 'rejected',
): readonly Booking[] {
  const event = eventOf(payout, payout.attempts.length);
  return [
    ...toParts(payout, parts, event, `payout.${why}`),
    {
      ...event('payout.owed-again', 'owed-again'),
      parameters: { seller: payout.sellerId, mainAccount },
      amounts: { owed: payout.amount },
    },
  ];
}

type Event = (type: string, step: string) => Pick<Booking, 'type' | 'key' | 'reference' | 'at'>;

/** Bookings of one attempt of a payout count from its creation: a time that every retry knows. */
function eventOf({ id, createdAt }: Payout, attempt: number): Event {
  const at = createdAt.toISOString();
  return (type, step) => ({ type, key: `payout:${id}/${attempt}/${step}`, reference: id, at });
}

function toParts(
  { amount: { currency } }: Payout,
  parts: readonly AccountPart[],
  event: Event,
  type: string,
): readonly Booking[] {
  return parts.map(({ account, amountMinor }) => ({
    ...event(type, `${type}/${account}`),
    parameters: { currency, ...subAccountParameters(account) },
    amounts: { part: money(amountMinor, currency) },
  }));
}
