import { RetryTransactionError, type Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import type { BookingRuleSet } from '../../domain/booking/booking-rule.ts';
import {
  formatBookingRules,
  type BookingRulesJson,
} from '../../domain/booking/format-booking-rules.ts';
import { parseBookingRules } from '../../domain/booking/parse-booking-rules.ts';
import { contentHash } from './content-hash.ts';

interface RivalRow {
  readonly version: number;
  readonly effective_from: string;
  readonly content_hash: string;
}

/**
 * Stores a version of booking rules. A published version never changes, and no two versions of a
 * set begin on one day.
 *
 * @returns `published`; `exists` when exactly this version is there already; or the refusal
 *   `BOOKING_RULES_INVALID`, `BOOKING_VERSION_TAKEN` or `BOOKING_DATE_TAKEN`, nothing written.
 */
export async function publishBookingRules(
  tx: Tx,
  set: BookingRuleSet,
): Promise<'published' | 'exists' | Refusal> {
  const content = formatBookingRules(set);
  // A set that was put together by hand has to pass what a written one had to.
  const checked = parseBookingRules(content);
  if (isRefusal(checked)) return checked;
  const hash = contentHash(content);
  return (await insertVersion(tx, content, hash)) ? 'published' : answerRival(tx, content, hash);
}

async function insertVersion(tx: Tx, content: BookingRulesJson, hash: string): Promise<boolean> {
  const { id, version, effectiveFrom } = content;
  const written = await tx.query(
    `insert into ledger.booking_rule_set (id, version, effective_from, content, content_hash)
     values ($1, $2, $3::date, $4::jsonb, $5)
     on conflict do nothing
     returning version`,
    [id, version, effectiveFrom, JSON.stringify(content), hash],
  );
  return written.length === 1;
}

async function answerRival(
  tx: Tx,
  { id, version, effectiveFrom }: BookingRulesJson,
  hash: string,
): Promise<'exists' | Refusal> {
  const rivals = await tx.query<RivalRow>(
    `select version, effective_from, content_hash
     from ledger.booking_rule_set
     where id = $1 and (version = $2 or effective_from = $3::date)`,
    [id, version, effectiveFrom],
  );
  if (rivals.length === 0)
    throw new RetryTransactionError(`booking rules ${id} met a vanished row`);
  const details = { ruleSetId: id, ruleSetVersion: version, effectiveFrom };
  const same = rivals.find((rival) => rival.version === version);
  if (same?.content_hash === hash) return 'exists';
  if (same !== undefined) {
    return refuse(
      'BOOKING_VERSION_TAKEN',
      `booking rules ${id} version ${version} were published with other content: ` +
        'a change is a new version',
      details,
    );
  }
  const rival = rivals[0]?.version ?? 0;
  return refuse(
    'BOOKING_DATE_TAKEN',
    `booking rules ${id} version ${version} begin on ${effectiveFrom} as version ${rival} does: ` +
      'choose another day',
    { ...details, rival },
  );
}
