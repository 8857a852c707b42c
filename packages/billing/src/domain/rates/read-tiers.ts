import type { Currency } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { RateTermsMessage } from './rate-message.ts';
import { rateFault, readAmount, readNumber, readUnits } from './rate-parts.ts';
import type { RateTier, TieredRate } from './tariff-rate.ts';

type TieredMessage = NonNullable<RateTermsMessage['volume']>;
type TierMessage = TieredMessage['tiers'][number];

/**
 * Reads the common part of a tiered rate. Tiers begin where the one before ends, so there is
 * neither a gap nor an overlap to write.
 */
export function readTiered(written: TieredMessage, currency: Currency): TieredRate {
  const { units, zero, earlier } = written;
  const ofBasis = units === undefined;
  const tiers = written.tiers.map((tier, place) => readTier(tier, place + 1, ofBasis, currency));
  checkEnds(tiers);
  const above = written.above ?? null;
  const hasEnd = tiers.at(-1)?.to !== null;
  if (hasEnd && above === null) {
    return rateFault('the last tier ends: say "above", either "last-tier" or "refuse"');
  }
  if (!hasEnd && above !== null) return rateFault('the last tier has no end: drop "above"');
  if (earlier === 'counted' && zero !== 'nothing') {
    return rateFault('where earlier units are counted, "zero" must be "nothing"');
  }
  return { units: ofBasis ? null : readUnits(units), tiers, zero, above, earlier };
}

function readTier(
  written: TierMessage,
  number: number,
  ofBasis: boolean,
  currency: Currency,
): RateTier {
  const { to, toIncluded, flat, perUnit, proportion } = written;
  const [price, wrong] = ofBasis ? [proportion, perUnit] : [perUnit, proportion];
  if (wrong !== undefined) {
    return rateFault(
      ofBasis
        ? `tier ${number} has "perUnit": without "units" the basis is tiered, use "proportion"`
        : `tier ${number} has "proportion": units are tiered, use "perUnit"`,
    );
  }
  if (flat === undefined && price === undefined) {
    return rateFault(
      `tier ${number} has no price: write "flat", "${ofBasis ? 'proportion' : 'perUnit'}" or both`,
    );
  }
  if (to !== null && toIncluded === undefined) {
    return rateFault(`tier ${number} must say by "toIncluded" whether ${to} belongs to it`);
  }
  if (to === null && toIncluded === true) {
    return rateFault(`tier ${number} has no end to include: drop "toIncluded"`);
  }
  return {
    to: to === null ? null : readNumber(`end of tier ${number}`, to),
    toIncluded: toIncluded ?? false,
    flat: readAmount('flat amount', flat ?? '0', currency),
    price: readNumber('price', price ?? '0'),
  };
}

function checkEnds(tiers: readonly RateTier[]): void {
  tiers.forEach(({ to }, place) => {
    const before = tiers[place - 1]?.to ?? '0';
    if (to === null) {
      if (place < tiers.length - 1) rateFault(`tier ${place + 1} has no end, but tiers follow it`);
    } else if (new Exact(to).lessThanOrEqualTo(before)) {
      const start = place === 0 ? '0' : `the end of tier ${place}, ${before}`;
      rateFault(`tier ${place + 1} ends at ${to}, not above ${start}`);
    }
  });
}
