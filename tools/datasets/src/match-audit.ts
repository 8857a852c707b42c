/** One till line with a coupon, as recorded. Amounts in minor units of USD. */
export interface CouponLine {
  /** All coupons of the line together. */
  readonly couponValueMinor: bigint;
  readonly recordedMatchMinor: bigint;
  /** Items bought; thousandths of a gallon for fuel. Not negative. */
  readonly quantity: number;
  /** What the seller got for the line, the coupon's value included, the match not. */
  readonly paidMinor: bigint;
}

/**
 * Why the recorded match of a line is not what the rule gives for one coupon, from what the line
 * itself says:
 * - `no-purchase`: nothing was bought, so there was nothing to match.
 * - `several-coupons`: the rule for each of `count` coupons adds up to the recorded match. `equal`
 *   means coupons of one value, which the cents prove; without it the coupons differ, which the
 *   cents allow but do not prove.
 * - `limited-by-price`: `coupons` equal coupons, and coupon and match together take the whole price
 *   of the `units` that each was given for: the item became free, the match could not grow further.
 * - `excluded`: a match of nothing where the rule gives one and the price leaves room for it.
 * - `unexplained`: none of these.
 */
export type MatchException =
  | { readonly kind: 'several-coupons'; readonly count: number; readonly equal: boolean }
  | { readonly kind: 'no-purchase' }
  | { readonly kind: 'excluded' }
  | { readonly kind: 'limited-by-price'; readonly coupons: number; readonly units: number }
  | { readonly kind: 'unexplained' };

/** A match never lifts a coupon past this value: 1.00. */
const doubledUpToMinor = 100n;
/** No more equal coupons, and no more different ones, are looked for on one line. */
const mostEqualCoupons = 50n;
const mostDifferentCoupons = 6;
/** Coupons come in steps of five cents, but for those that give a whole item. */
const faceStepMinor = 5n;

/** The match of one coupon: its value again, but coupon and match never past 1.00. */
export function matchOfOneCoupon(couponValueMinor: bigint): bigint {
  const room = doubledUpToMinor - couponValueMinor;
  if (room <= 0n) return 0n;
  return couponValueMinor < room ? couponValueMinor : room;
}

/**
 * `as-the-rule` when the recorded match is what the rule gives for one coupon of the line's value;
 * else the first reason, in the order of {@link MatchException}, that explains the recorded match.
 */
export function classifyMatch(line: CouponLine): 'as-the-rule' | MatchException {
  const { couponValueMinor, recordedMatchMinor, quantity } = line;
  if (recordedMatchMinor === matchOfOneCoupon(couponValueMinor)) return 'as-the-rule';
  if (quantity === 0) return { kind: 'no-purchase' };
  return (
    equalCoupons(line) ??
    limitedByPrice(line) ??
    differentCoupons(line) ?? { kind: recordedMatchMinor === 0n ? 'excluded' : 'unexplained' }
  );
}

/** At most one coupon an item. */
function mostCoupons({ quantity }: CouponLine): bigint {
  const items = BigInt(quantity);
  return items < mostEqualCoupons ? items : mostEqualCoupons;
}

function equalCoupons(line: CouponLine): MatchException | undefined {
  const { couponValueMinor, recordedMatchMinor } = line;
  for (let count = 2n; count <= mostCoupons(line); count += 1n) {
    if (couponValueMinor % count !== 0n) continue;
    if (count * matchOfOneCoupon(couponValueMinor / count) !== recordedMatchMinor) continue;
    return { kind: 'several-coupons', count: Number(count), equal: true };
  }
  return undefined;
}

function limitedByPrice(line: CouponLine): MatchException | undefined {
  const { couponValueMinor, recordedMatchMinor, quantity } = line;
  for (let coupons = 1n; coupons <= mostCoupons(line); coupons += 1n) {
    if (couponValueMinor % coupons !== 0n || recordedMatchMinor % coupons !== 0n) continue;
    const value = couponValueMinor / coupons;
    const match = recordedMatchMinor / coupons;
    if (match >= matchOfOneCoupon(value)) continue;
    const units = unitsThatCost(value + match, line, BigInt(quantity) / coupons);
    if (units === undefined) continue;
    return { kind: 'limited-by-price', coupons: Number(coupons), units };
  }
  return undefined;
}

/** How many items, `most` at the utmost, cost this much before coupon and match. */
function unitsThatCost(minor: bigint, line: CouponLine, most: bigint): number | undefined {
  const quantity = BigInt(line.quantity);
  const price = line.paidMinor + line.recordedMatchMinor;
  // Three for 1.00 are rung up as 0.34, 0.33, 0.33: an item costs the one or the other.
  const low = price / quantity;
  const high = (price + quantity - 1n) / quantity;
  if (high === 0n) return undefined;
  const units = (minor + high - 1n) / high;
  return units <= most && units * low <= minor ? Number(units) : undefined;
}

/**
 * Coupons below 1.00 that make up the whole match, in steps of five cents; what is left of the
 * line's value is one more coupon, of 1.00 or above, which is not matched.
 */
function differentCoupons(line: CouponLine): MatchException | undefined {
  const { couponValueMinor, recordedMatchMinor, quantity } = line;
  const most = Math.min(quantity, mostDifferentCoupons);
  let sums = new Map([['0/0', { value: 0n, match: 0n }]]);
  for (let count = 1; count <= most && sums.size > 0; count += 1) {
    sums = withOneMoreCoupon(sums, line);
    for (const { value, match } of sums.values()) {
      if (match !== recordedMatchMinor) continue;
      const left = couponValueMinor - value;
      if (left === 0n) return { kind: 'several-coupons', count, equal: false };
      if (left < doubledUpToMinor || count === most) continue;
      return { kind: 'several-coupons', count: count + 1, equal: false };
    }
  }
  return undefined;
}

interface CouponSum {
  readonly value: bigint;
  readonly match: bigint;
}

/** The sums that one more coupon below 1.00 makes, as far as the line allows them. */
function withOneMoreCoupon(sums: ReadonlyMap<string, CouponSum>, line: CouponLine) {
  const next = new Map<string, CouponSum>();
  for (const sum of sums.values()) {
    for (let face = faceStepMinor; face < doubledUpToMinor; face += faceStepMinor) {
      const value = sum.value + face;
      const match = sum.match + matchOfOneCoupon(face);
      if (value > line.couponValueMinor || match > line.recordedMatchMinor) continue;
      next.set(`${value}/${match}`, { value, match });
    }
  }
  return next;
}
