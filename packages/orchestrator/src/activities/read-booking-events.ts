import type { Queryable } from '@sluice/database';
import {
  countTransfersOf,
  readRecoveredEvents,
  type BookingEvent,
  type RecoveredEvents,
} from '@sluice/ledger';
import { money } from '@sluice/money';
import {
  countDraws,
  readDraws,
  readFees,
  sumFees,
  type DrawPage,
  type FeePage,
  type RecordedDraw,
  type RecordedFee,
} from '@sluice/pool';
import { platformFeeType, subsidyType, type Program } from './program.ts';

/** How many draw lines or fees are read at a time. */
const pageSize = 5_000;

/** How many draw lines, fees and transfers {@link readBookingEvents} goes through. */
export async function countBookingEvents(queryable: Queryable, program: Program): Promise<number> {
  const draws = await countDraws(queryable);
  const fees = (await sumFees(queryable)).reduce((sum, { redemptions }) => sum + redemptions, 0);
  return draws + fees + (await countTransfersOf(queryable, otherTypes(program)));
}

/**
 * The business events of all that a program booked, as they came to the booking rules. They are not
 * stored a second time: a draw line, its redemption and its pool say all that the event of a
 * subsidy said, an outcome's fee all that was said of it; what else is booked has one entry an
 * event, whose accounts say it. Page by page
 * along primary keys, so that memory stays flat and what is booked meanwhile does no harm.
 */
export async function* readBookingEvents(
  queryable: Queryable,
  program: Program,
): AsyncGenerator<RecoveredEvents> {
  const { institution, bookingRules } = program;
  for (let after: DrawPage['after'] = null; ;) {
    const draws = await readDraws(queryable, { after, limit: pageSize });
    const events = draws.map((draw) => toEvent(draw, institution));
    if (events.length > 0) yield { events, lost: 0 };
    after = draws.at(-1) ?? null;
    if (draws.length < pageSize) break;
  }
  for (let after: FeePage['after'] = null; ;) {
    const fees = await readFees(queryable, { after, limit: pageSize });
    const events = fees.map((fee) => toFeeEvent(fee, institution));
    if (events.length > 0) yield { events, lost: 0 };
    after = fees.at(-1) ?? null;
    if (fees.length < pageSize) break;
  }
  const types = otherTypes(program);
  yield* readRecoveredEvents(queryable, { set: bookingRules, institution, types });
}

/** What is booked besides subsidies and the fees on them. */
function otherTypes({ bookedTypes }: Program): readonly string[] {
  return bookedTypes.filter(
    (type) => !type.startsWith(subsidyType('')) && type !== platformFeeType,
  );
}

/** The event that `drawAndBook` books a draw line by. */
function toEvent(draw: RecordedDraw, institution: string): BookingEvent {
  const { redemptionId, line, kind, sourceId, poolId, sellerId, amountMinor, currency } = draw;
  return {
    ...{ businessType: subsidyType(kind), institution },
    key: `subsidy:${redemptionId}/${line}`,
    reference: redemptionId,
    at: draw.redeemedAt,
    parameters: { source: sourceId, pool: poolId, seller: sellerId },
    amounts: { drawn: money(amountMinor, currency) },
  };
}

/** The event that `drawAndBook` books a redemption's fee by. */
function toFeeEvent(fee: RecordedFee, institution: string): BookingEvent {
  const { redemptionId, poolId, sellerId, redeemedAt, amountMinor, currency } = fee;
  return {
    ...{ businessType: platformFeeType, institution },
    key: `platform-fee:${redemptionId}`,
    reference: redemptionId,
    at: redeemedAt,
    parameters: { pool: poolId, seller: sellerId, currency },
    amounts: { fee: money(amountMinor, currency) },
  };
}
