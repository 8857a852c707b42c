import type { Random } from './random.ts';

/**
 * Measured on The Complete Journey. Points of a distribution: so many of 100,000 lie below the
 * value; between two points it is a straight line.
 */
export type Curve = readonly (readonly [below: number, value: number])[];

const whole = 100_000;

/** A value drawn from a curve: a whole number, the last point's value excluded. */
export function draw(random: Random, curve: Curve): number {
  const roll = random.below(whole);
  let [low, lowValue] = [0, 0];
  for (const [high, highValue] of curve) {
    if (roll < high) {
      return lowValue + Math.floor(((highValue - lowValue) * (roll - low)) / (high - low));
    }
    [low, lowValue] = [high, highValue];
  }
  return lowValue;
}

/** Values with their weights, drawn one by one. */
export type Choice = readonly (readonly [value: number, weight: number])[];

/** One of the values, by weight. */
export function choose(random: Random, choice: Choice): number {
  let roll = random.below(choice.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [value, weight] of choice) {
    if (roll < weight) return value;
    roll -= weight;
  }
  return 0;
}

/** Rank of the store, 1 to 180: fifty make two thirds of the lines. */
export const storeCurve: Curve = [
  [0, 1],
  [2_700, 2],
  [4_800, 3],
  [10_600, 6],
  [18_700, 11],
  [32_100, 21],
  [63_500, 51],
  [96_200, 101],
  [whole, 181],
];

/** Rank of the household, 1 to 2,469. */
export const userCurve: Curve = [
  [0, 1],
  [10_400, 51],
  [17_900, 101],
  [29_700, 201],
  [54_200, 501],
  [78_800, 1_001],
  [92_200, 1_501],
  [whole, 2_470],
];

/** Rank of the brand, 1 to 440. The first is the store's own: a third of all lines. */
export const brandCurve: Curve = [
  [0, 1],
  [32_700, 2],
  [37_000, 3],
  [43_900, 6],
  [50_600, 11],
  [58_900, 21],
  [71_600, 51],
  [81_000, 101],
  [89_800, 201],
  [whole, 441],
];

/** Rank of a brand that gives coupons: never the store's own. */
export const couponBrandCurve: Curve = [
  [0, 2],
  [20_000, 3],
  [41_000, 6],
  [52_000, 11],
  [62_000, 21],
  [79_000, 51],
  [93_000, 101],
  [whole, 441],
];

/** Till lines of a basket. */
export const basketCurve: Curve = [
  [0, 1],
  [20_000, 2],
  [30_000, 3],
  [40_000, 4],
  [50_000, 6],
  [60_000, 8],
  [70_000, 11],
  [80_000, 16],
  [90_000, 25],
  [95_000, 36],
  [99_000, 60],
  [99_900, 91],
  [whole, 162],
];

/** Second of the day of the shop, which begins at 05:00 UTC. */
export const secondCurve: Curve = [
  [0, 0],
  [1_000, 10_800],
  [2_100, 25_200],
  [5_300, 32_400],
  [14_400, 39_600],
  [28_700, 46_800],
  [44_700, 54_000],
  [63_800, 61_200],
  [82_900, 68_400],
  [94_900, 75_600],
  [whole, 86_400],
];

/** What is paid for a line, in cents. */
export const paidCurve: Curve = [
  [0, 25],
  [1_000, 33],
  [5_000, 67],
  [10_000, 99],
  [20_000, 100],
  [30_000, 150],
  [40_000, 179],
  [50_000, 200],
  [60_000, 250],
  [70_000, 299],
  [80_000, 369],
  [90_000, 500],
  [95_000, 699],
  [98_000, 999],
  [99_000, 1_299],
  [99_900, 2_999],
  [whole, 9_000],
];

/** The loyalty price cut of a line, in cents: 1.08 in the mean. */
export const loyaltyCurve: Curve = [
  [0, 1],
  [1_000, 6],
  [5_000, 11],
  [10_000, 19],
  [20_000, 29],
  [30_000, 39],
  [40_000, 50],
  [50_000, 66],
  [60_000, 85],
  [70_000, 100],
  [80_000, 149],
  [90_000, 226],
  [95_000, 325],
  [98_000, 500],
  [99_000, 700],
  [99_500, 972],
  [99_900, 1_840],
  [whole, 4_000],
];

/** Fuel of one line, in thousandths of a gallon. */
export const fuelCurve: Curve = [
  [0, 1_002],
  [5_000, 3_598],
  [10_000, 4_549],
  [50_000, 10_871],
  [90_000, 17_467],
  [99_000, 25_263],
  [whole, 40_000],
];

/** Items of a line. */
export const quantityChoice: Choice = [
  [1, 766],
  [2, 170],
  [3, 30],
  [4, 17],
  [5, 5],
  [6, 4],
  [8, 2],
  [10, 1],
];

/** Value of a coupon below 1.00, in cents. */
export const smallFaceChoice: Choice = [
  [50, 183],
  [55, 96],
  [75, 89],
  [35, 55],
  [40, 51],
  [25, 38],
  [30, 17],
  [60, 8],
  [45, 5],
  [70, 4],
  [20, 3],
  [65, 2],
];

/** Value of a coupon, in cents. */
export const faceChoice: Choice = [
  ...smallFaceChoice,
  [100, 310],
  [200, 30],
  [150, 23],
  [250, 16],
  [300, 11],
  [400, 7],
  [125, 4],
  [299, 3],
  [500, 2],
];

/** Value of a coupon that is given without an item, in cents. */
export const basketFaceChoice: Choice = [
  [100, 300],
  [200, 250],
  [300, 150],
  [500, 100],
  [1_000, 80],
  [75, 70],
  [50, 50],
];
