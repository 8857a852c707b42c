import type { Queryable } from '@sluice/database';
import { expectAnswer, refuse, type Refusal } from '@sluice/money';
import type { BookingRuleSet } from '../../domain/booking/booking-rule.ts';
import { businessDate } from '../../domain/booking/business-date.ts';
import type { BookingRulesJson } from '../../domain/booking/format-booking-rules.ts';
import { parseBookingRules } from '../../domain/booking/parse-booking-rules.ts';
import { contentHash } from './content-hash.ts';

interface VersionRow {
  readonly version: number;
  readonly content: BookingRulesJson;
  readonly content_hash: string;
}

/** Which version is meant: the one in force on a business day, or one by its number. */
export type BookingRulesVersion = { readonly on: string } | { readonly version: number };

/**
 * Loads a version of booking rules: of those that began on or before the day the one that began
 * last, or the one that is named.
 *
 * @returns the set, or the refusal `BOOKING_RULES_NOT_FOUND` or `DATE_MALFORMED`.
 * @throws when what is stored is not what was published.
 */
export async function loadBookingRules(
  queryable: Queryable,
  id: string,
  which: BookingRulesVersion,
): Promise<BookingRuleSet | Refusal> {
  if ('on' in which && !businessDate.safeParse(which.on).success) {
    const { on } = which;
    return refuse('DATE_MALFORMED', `"${on}" is not a day: write it like 2017-07-01`, { on });
  }
  const row =
    'on' in which
      ? await inForce(queryable, id, which.on)
      : await named(queryable, id, which.version);
  return row === undefined ? notFound(id, which) : toRuleSet(id, row);
}

function toRuleSet(id: string, row: VersionRow): BookingRuleSet {
  if (contentHash(row.content) !== row.content_hash) {
    throw new Error(`booking rules ${id} version ${row.version} are not stored as published`);
  }
  return expectAnswer(parseBookingRules(row.content));
}

/**
 * Loads all versions of booking rules, the one that begins last first: for who books many days.
 *
 * @throws when what is stored is not what was published.
 */
export async function loadBookingVersions(
  queryable: Queryable,
  id: string,
): Promise<readonly BookingRuleSet[]> {
  const rows = await queryable.query<VersionRow>(
    `select version, content, content_hash
     from ledger.booking_rule_set
     where id = $1
     order by effective_from desc`,
    [id],
  );
  return rows.map((row) => toRuleSet(id, row));
}

async function inForce(
  queryable: Queryable,
  id: string,
  on: string,
): Promise<VersionRow | undefined> {
  const [row] = await queryable.query<VersionRow>(
    `select version, content, content_hash
     from ledger.booking_rule_set
     where id = $1 and effective_from <= $2::date
     order by effective_from desc
     limit 1`,
    [id, on],
  );
  return row;
}

async function named(
  queryable: Queryable,
  id: string,
  version: number,
): Promise<VersionRow | undefined> {
  const [row] = await queryable.query<VersionRow>(
    `select version, content, content_hash
     from ledger.booking_rule_set
     where id = $1 and version = $2`,
    [id, version],
  );
  return row;
}

function notFound(id: string, which: BookingRulesVersion): Refusal {
  return 'on' in which
    ? refuse(
        'BOOKING_RULES_NOT_FOUND',
        `no booking rules ${id} are in force on ${which.on}: publish a version that begins by then`,
        { ruleSetId: id, on: which.on },
      )
    : refuse(
        'BOOKING_RULES_NOT_FOUND',
        `booking rules ${id} have no version ${which.version}: correct it, or publish it`,
        { ruleSetId: id, ruleSetVersion: which.version },
      );
}
