import type { Currency } from '@sluice/money';
import { Exact } from '../exact.ts';
import type { RateTermsMessage } from './rate-message.ts';
import { RateFault, rateFault, readAmount, readNumber, readUnits } from './rate-parts.ts';
import { readTiered } from './read-tiers.ts';
import type { LimitedRate, TariffRate } from './tariff-rate.ts';

const modelNames = 'flat, proportion, perUnit, package, graduated, volume, greaterOf';

/**
 * Reads a rate as the tariff message writes it: one key per model, `{ "proportion": "0.40" }`,
 * and `minimum`, `maximum` and `cap` around it.
 *
 * @returns the rate in canonical form, or the fault as text.
 */
export function readRate(written: RateTermsMessage, currency: Currency): TariffRate | string {
  try {
    return readLimits(written, readModel(written, currency), currency);
  } catch (error) {
    if (error instanceof RateFault) return error.message;
    throw error;
  }
}

function readModel(written: RateTermsMessage, currency: Currency): TariffRate {
  const { flat, proportion, perUnit, package: pack, graduated, volume, greaterOf } = written;
  const all = [flat, proportion, perUnit, pack, graduated, volume, greaterOf];
  if (all.filter((model) => model !== undefined).length !== 1) {
    return rateFault(`write exactly one of ${modelNames}`);
  }
  if (flat !== undefined)
    return { kind: 'flat', amount: readAmount('flat amount', flat, currency) };
  if (proportion !== undefined) {
    return { kind: 'proportion', proportion: readNumber('proportion', proportion) };
  }
  if (perUnit !== undefined) {
    const price = readNumber('price', perUnit.price);
    return { kind: 'per-unit', price, units: readUnits(perUnit.units) };
  }
  if (pack !== undefined) {
    const { started, units } = pack;
    const size = readNumber('size', pack.size);
    if (new Exact(size).isZero()) return rateFault('a package holds no units: its size is 0');
    const price = readNumber('price', pack.price);
    return { kind: 'package', price, size, started, units: readUnits(units) };
  }
  if (graduated !== undefined) {
    const { flatDue } = graduated;
    return { kind: 'graduated', ...readTiered(graduated, currency), flatDue };
  }
  if (volume !== undefined) return { kind: 'volume', ...readTiered(volume, currency) };
  const rates = (greaterOf ?? []).map((one) => {
    const rate = readRate(one, currency);
    return typeof rate === 'string' ? rateFault(`greaterOf: ${rate}`) : rate;
  });
  return { kind: 'greater-of', rates };
}

function readLimits(
  { minimum, maximum, cap }: RateTermsMessage,
  rate: TariffRate,
  currency: Currency,
): TariffRate {
  if (minimum === undefined && maximum === undefined && cap === undefined) return rate;
  const limited: LimitedRate = {
    kind: 'limited',
    rate,
    minimum: minimum === undefined ? null : readAmount('minimum', minimum, currency),
    maximum: maximum === undefined ? null : readAmount('maximum', maximum, currency),
    cap: cap === undefined ? null : readNumber('cap', cap),
  };
  if (limited.minimum === null || limited.maximum === null) return limited;
  return new Exact(limited.minimum).greaterThan(limited.maximum)
    ? rateFault(`the minimum ${limited.minimum} is above the maximum ${limited.maximum}`)
    : limited;
}
