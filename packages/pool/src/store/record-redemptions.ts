import type { Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { checkRedemption, type Redemption } from '../domain/redemption.ts';
import { redemptionHash } from './redemption-hash.ts';
import { poolUnknown } from './refusals.ts';

/** Redemptions that arrive together, for one pool. */
export interface RedemptionIntake {
  readonly poolId: string;
  /** Names the file or stream they came by; {@link readRedemptions} reads by it. */
  readonly batchId: string;
  readonly redemptions: readonly Redemption[];
}

/** What became of one redemption at the door. */
export type IntakeAnswer = 'recorded' | 'exists' | Refusal;

interface Checked {
  readonly redemption: Redemption;
  readonly hash: string;
}

/**
 * Takes redemptions in: a redemption is the request for its seller's subsidy (claim 8). Each id
 * is recorded once for ever, in the order given; the answer is good when the caller's transaction
 * has committed. Three statements, whatever the number.
 *
 * @returns per redemption, in order: `recorded`; `exists` when it was recorded before with the
 * same body; or `REDEMPTION_ID_REUSED` (another body, or another pool), `REDEMPTION_INVALID`
 * (names the field), `POOL_UNKNOWN`. A refused one never stops the others.
 */
export async function recordRedemptions(
  tx: Tx,
  { poolId, batchId, redemptions }: RedemptionIntake,
): Promise<readonly IntakeAnswer[]> {
  const currency = await currencyOf(tx, poolId);
  if (currency === undefined) return redemptions.map(() => poolUnknown(poolId));
  const checked = redemptions.map((redemption) => check(redemption, poolId, currency));
  const firsts = new Map<string, Checked>();
  for (const item of checked) {
    if (isRefusal(item) || firsts.has(item.redemption.id)) continue;
    firsts.set(item.redemption.id, item);
  }
  const fresh = await insertFresh(tx, { poolId, batchId, items: [...firsts.values()] });
  const hashes = await findHashes(
    tx,
    [...firsts.keys()].filter((id) => !fresh.has(id)),
  );
  return checked.map((item) => {
    if (isRefusal(item)) return item;
    const { id } = item.redemption;
    if (fresh.has(id) && firsts.get(id) === item) return 'recorded';
    const known = hashes.get(id) ?? firsts.get(id)?.hash;
    return known === item.hash ? 'exists' : idReused(id);
  });
}

function check(redemption: Redemption, poolId: string, currency: string): Checked | Refusal {
  const good = checkRedemption(redemption, currency);
  return isRefusal(good) ? good : { redemption: good, hash: redemptionHash(good, poolId) };
}

function idReused(redemptionId: string): Refusal {
  return refuse(
    'REDEMPTION_ID_REUSED',
    `redemption "${redemptionId}" was recorded before with another body: ` +
      'a correction needs an id of its own',
    { redemptionId },
  );
}

async function currencyOf(tx: Tx, poolId: string): Promise<string | undefined> {
  const [row] = await tx.query<{ currency: string }>(
    'select currency from pool.pool where id = $1',
    [poolId],
  );
  return row?.currency;
}

/**
 * Sequences are taken in the order given; rows are written by id, so that two transactions that
 * bring the same redemptions wait for one another instead of locking each other out.
 */
async function insertFresh(
  tx: Tx,
  { poolId, batchId, items }: { poolId: string; batchId: string; items: readonly Checked[] },
): Promise<ReadonlySet<string>> {
  if (items.length === 0) return new Set();
  const rows = items.map(({ redemption }) => redemption);
  const inserted = await tx.query<{ id: string }>(
    `with numbered as materialized (
       select nextval('pool.redemption_sequence') as sequence, item.*
       from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[],
         $9::timestamptz[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[],
         $14::bigint[], array(select json_array_elements_text($15)), $16::text[]) as item
         (id, seller_id, user_id, product_id, brand_id, quantity, redeemed_at, currency,
          paid_minor, coupon_value_minor, loyalty_discount_minor, recorded_match_minor,
          till_decision, body_hash)
     )
     insert into pool.redemption (pool_id, batch_id, sequence, id, seller_id, user_id, product_id,
       brand_id, quantity, redeemed_at, currency, paid_minor, coupon_value_minor,
       loyalty_discount_minor, recorded_match_minor, till_decision, body_hash)
     select $1, $2, numbered.* from numbered order by id
     on conflict (id) do nothing
     returning id`,
    [
      poolId,
      batchId,
      rows.map(({ id }) => id),
      rows.map(({ sellerId }) => sellerId),
      rows.map(({ userId }) => userId),
      rows.map(({ productId }) => productId),
      rows.map(({ brandId }) => brandId),
      rows.map(({ quantity }) => quantity),
      rows.map(({ redeemedAt }) => redeemedAt),
      rows.map(({ currency }) => currency),
      rows.map(({ paidMinor }) => paidMinor),
      rows.map(({ couponValueMinor }) => couponValueMinor),
      rows.map(({ loyaltyDiscountMinor }) => loyaltyDiscountMinor),
      rows.map(({ recordedMatchMinor }) => recordedMatchMinor),
      // Full of quotes, each of which an array would escape one by one: much slower than JSON.
      JSON.stringify(rows.map(({ tillDecision }) => tillDecision)),
      items.map(({ hash }) => hash),
    ],
  );
  return new Set(inserted.map(({ id }) => id));
}

/** The bodies recorded before; a statement of its own, so that it sees what a race left. */
async function findHashes(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: string; body_hash: string }>(
    'select id, body_hash from pool.redemption where id = any($1)',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.body_hash]));
}
