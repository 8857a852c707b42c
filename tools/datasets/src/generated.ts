import {
  basketCurve,
  basketFaceChoice,
  brandCurve,
  choose,
  couponBrandCurve,
  draw,
  faceChoice,
  fuelCurve,
  loyaltyCurve,
  paidCurve,
  quantityChoice,
  secondCurve,
  smallFaceChoice,
  storeCurve,
  userCurve,
} from './generated-tables.ts';
import { matchOfOneCoupon } from './match-audit.ts';
import { Random } from './random.ts';
import type { Redemption } from './redemption-csv.ts';
import type { WeekOfLines } from './week-file.ts';

/** Names the generator's output: another version, other lines. */
export const generatorVersion = 'generator-1';

const daySeconds = 86_400;
/** Week 2 begins here, at midnight in New York; week 1 is the one day before. */
const secondWeek = Date.UTC(2017, 0, 2, 5);

interface Basket {
  readonly second: number;
  readonly sellerId: string;
  readonly userId: string;
  readonly lines: number;
}

/** What differs from line to line of one basket. */
type Line = Pick<
  Redemption,
  'productId' | 'brandId' | 'quantity' | 'paidMinor' | 'couponMinor' | 'loyaltyMinor' | 'matchMinor'
>;

/** One week of till lines that look like the real ones; the same for ever. */
export function generateWeek(week: number): WeekOfLines {
  const random = new Random(week);
  const days = week === 1 ? 1 : 7;
  const lines = Math.floor(((24_600 + random.below(6_000)) * days) / 7);
  const start = secondWeek + (week === 1 ? -1 : (week - 2) * 7) * daySeconds * 1_000;
  const redemptions: Redemption[] = [];
  let place = week * 100_000;
  for (const basket of baskets(random, lines, days)) {
    for (let line = 0; line < basket.lines; line += 1) {
      place += 1;
      if (random.below(1_000) >= 508) continue;
      redemptions.push({
        redemptionId: `gen-${String(place).padStart(7, '0')}`,
        sellerId: basket.sellerId,
        userId: basket.userId,
        redeemedAt: new Date(start + basket.second * 1_000),
        ...discountedLine(random),
      });
    }
  }
  return { week, lines, redemptions };
}

/** Baskets in the order of time, `lines` lines in all. */
function baskets(random: Random, lines: number, days: number): readonly Basket[] {
  const made: Basket[] = [];
  for (let left = lines; left > 0; left -= made.at(-1)?.lines ?? 0) {
    made.push({
      second: random.below(days) * daySeconds + draw(random, secondCurve),
      sellerId: String(300 + draw(random, storeCurve)),
      userId: String(draw(random, userCurve)),
      lines: Math.min(left, draw(random, basketCurve)),
    });
  }
  return made.sort((earlier, later) => earlier.second - later.second);
}

function discountedLine(random: Random): Line {
  const roll = random.below(1_000);
  if (roll < 27) return couponLine(random);
  return roll < 45 ? fuelLine(random) : loyaltyLine(random);
}

function loyaltyLine(random: Random): Line {
  return {
    ...product(random, draw(random, brandCurve)),
    quantity: choose(random, quantityChoice),
    paidMinor: BigInt(draw(random, paidCurve)),
    loyaltyMinor: BigInt(draw(random, loyaltyCurve)),
    couponMinor: 0n,
    matchMinor: 0n,
  };
}

/** Fuel is sold by the thousandth of a gallon and is the store's own brand. */
function fuelLine(random: Random): Line {
  const quantity = draw(random, fuelCurve);
  return {
    productId: '999999',
    brandId: brand(1),
    quantity,
    paidMinor: BigInt(Math.floor((quantity * (205 + random.below(86))) / 1_000)),
    loyaltyMinor: BigInt(Math.floor((quantity * 10) / 1_000)),
    couponMinor: 0n,
    matchMinor: 0n,
  };
}

/** The exceptions of the real data in about their real number: see `classifyMatch`. */
function couponLine(random: Random): Line {
  const roll = random.below(1_000);
  if (roll < 136) return couponWithoutItem(random);
  const line = loyaltyLine(random);
  const loyaltyMinor = random.below(100) < 55 ? line.loyaltyMinor : 0n;
  const bought = { ...line, ...product(random, draw(random, couponBrandCurve)), loyaltyMinor };
  if (roll < 196) return { ...bought, quantity: 2, ...coupons(random, 2n, line.paidMinor) };
  if (roll < 206) return { ...bought, quantity: 1, ...couponForWholePrice(random) };
  const one = coupons(random, 1n, line.paidMinor);
  return roll < 212 ? { ...bought, ...one, matchMinor: 0n } : { ...bought, ...one };
}

function coupons(random: Random, count: bigint, paidMinor: bigint) {
  const face = BigInt(choose(random, faceChoice));
  const couponMinor = count * face;
  return {
    couponMinor,
    matchMinor: count * matchOfOneCoupon(face),
    paidMinor: paidMinor < couponMinor ? couponMinor : paidMinor,
  };
}

function couponForWholePrice(random: Random) {
  const couponMinor = BigInt(choose(random, smallFaceChoice));
  const room = Number(matchOfOneCoupon(couponMinor));
  return { couponMinor, matchMinor: BigInt(random.below(room)), paidMinor: couponMinor };
}

function couponWithoutItem(random: Random): Line {
  return {
    productId: '999998',
    brandId: '',
    quantity: 0,
    paidMinor: 0n,
    loyaltyMinor: 0n,
    couponMinor: BigInt(choose(random, basketFaceChoice)),
    matchMinor: 0n,
  };
}

function product(random: Random, rank: number): Pick<Line, 'productId' | 'brandId'> {
  return { productId: String(1_000_000 + rank * 100 + random.below(25)), brandId: brand(rank) };
}

function brand(rank: number): string {
  return String(100 + rank);
}
