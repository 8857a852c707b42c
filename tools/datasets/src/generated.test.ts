import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateWeek } from './generated.ts';
import { classifyMatch } from './match-audit.ts';
import { formatRedemptions, type Redemption } from './redemption-csv.ts';

const weeks = [27, 28, 29, 30].map(generateWeek);
const all = weeks.flatMap(({ redemptions }) => redemptions);
const coupons = all.filter(({ couponMinor }) => couponMinor > 0n);

function share(part: readonly Redemption[], whole: readonly Redemption[]): number {
  return part.length / whole.length;
}

function distinct(column: (redemption: Redemption) => string, of = all): number {
  return new Set(of.map(column)).size;
}

function sha256(week: number): string {
  return createHash('sha256')
    .update(formatRedemptions(generateWeek(week).redemptions))
    .digest('hex');
}

describe('generateWeek', () => {
  it('gives the same lines for ever: a new digest is a new generatorVersion', () => {
    expect(sha256(27)).toBe('8dcead488bb32f96efb409ccab334e936f7ee8bf57df5119a09196a48008e5e8');
    expect(sha256(1)).toBe('d8c84b077b38791ae96a883ae24384ce83df7c5a5671d03291b8216051c3732b');
  });

  it('gives ids that sort as the lines stand and are never given twice', () => {
    const ids = all.map(({ redemptionId }) => redemptionId);
    expect([...new Set(ids)].sort()).toEqual(ids);
  });

  it('gives lines in the order of time, each week its own seven days', () => {
    for (const { week, redemptions } of weeks) {
      const start = Date.UTC(2017, 0, 2, 5) + (week - 2) * 7 * 86_400_000;
      const times = redemptions.map(({ redeemedAt }) => redeemedAt.getTime());
      expect(times).toEqual([...times].sort((left, right) => left - right));
      expect(times[0]).toBeGreaterThanOrEqual(start);
      expect(times.at(-1)).toBeLessThan(start + 7 * 86_400_000);
    }
  });

  it('has as many lines, stores, brands and coupons as the real weeks, about', () => {
    for (const { lines, redemptions } of weeks) {
      expect(lines).toBeGreaterThan(24_000);
      expect(lines).toBeLessThan(31_500);
      expect(redemptions.length / lines).toBeCloseTo(0.508, 1);
    }
    expect(distinct(({ sellerId }) => sellerId)).toBeGreaterThan(165);
    expect(distinct(({ brandId }) => brandId)).toBeGreaterThan(400);
    expect(share(coupons, all)).toBeGreaterThan(0.024);
    expect(share(coupons, all)).toBeLessThan(0.03);
    const cuts = all.filter(({ loyaltyMinor }) => loyaltyMinor > 0n);
    const cutMinor = cuts.reduce((sum, { loyaltyMinor }) => sum + loyaltyMinor, 0n);
    expect(cutMinor / BigInt(cuts.length)).toBeGreaterThan(100n);
    expect(cutMinor / BigInt(cuts.length)).toBeLessThan(115n);
  });

  it('has the odd lines too: nothing bought, no brand, fuel in thousandths', () => {
    expect(all.some(({ quantity, paidMinor }) => quantity === 0 && paidMinor === 0n)).toBe(true);
    expect(all.some(({ brandId }) => brandId === '')).toBe(true);
    expect(all.some(({ quantity }) => quantity > 10_000)).toBe(true);
  });

  it('matches coupons by the rule but for about six in a hundred, each with a reason', () => {
    const verdicts = coupons.map(({ couponMinor, matchMinor, quantity, paidMinor }) =>
      classifyMatch({
        ...{ couponValueMinor: couponMinor, recordedMatchMinor: matchMinor },
        ...{ quantity, paidMinor },
      }),
    );
    const exceptions = verdicts.filter((verdict) => verdict !== 'as-the-rule');
    expect(exceptions.length / verdicts.length).toBeGreaterThan(0.045);
    expect(exceptions.length / verdicts.length).toBeLessThan(0.08);
    const kinds = new Set(exceptions.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'excluded',
      'limited-by-price',
      'no-purchase',
      'several-coupons',
    ]);
  });

  it('gives every line a discount, and no amount below zero', () => {
    for (const line of all) {
      expect(line.couponMinor + line.loyaltyMinor).toBeGreaterThan(0n);
      expect(line.paidMinor >= 0n && line.matchMinor >= 0n && line.loyaltyMinor >= 0n).toBe(true);
    }
  });
});
