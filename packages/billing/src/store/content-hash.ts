import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '@sluice/database';
import type { CellRate, Tariff } from '../domain/tariff.ts';
import type { TariffRate } from '../domain/rates/tariff-rate.ts';

/**
 * SHA-256 over everything a tariff says, in its canonical JSON: two versions with one hash are the
 * same version.
 */
export function contentHash(tariff: Tariff): string {
  const digest = createHash('sha256');
  const record = tariff as unknown as Readonly<Record<string, Json>>;
  for (const [place, name] of Object.keys(record).sort().entries()) {
    digest.update(`${place === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    if (name === 'rates') ratesTexts(tariff.rates, (text) => digest.update(text));
    else digest.update(canonicalJson(record[name]));
  }
  return digest.update('}').digest('hex');
}

/** A million rates are never one text, nor are the texts of all of them kept. */
const ratesAtOnce = 10_000;

function ratesTexts(rates: readonly CellRate[], write: (text: string) => void): void {
  write('[');
  for (let from = 0; from < rates.length; from += ratesAtOnce) {
    const known = new Map<TariffRate, string>();
    const texts = rates.slice(from, from + ratesAtOnce).map((entry) => entryText(entry, known));
    write(`${from === 0 ? '' : ','}${texts.join(',')}`);
  }
  write(']');
}

function entryText(entry: CellRate, known: Map<TariffRate, string>): string {
  if (entry.id !== undefined || entry.rounding !== undefined) {
    return canonicalJson(entry as unknown as Json);
  }
  const text = known.get(entry.rate) ?? rateText(entry.rate);
  known.set(entry.rate, text);
  return `{"cell":${JSON.stringify(entry.cell)},"rate":${text}}`;
}

/** What nearly all rates are is written without looking at their names, for a million's sake. */
function rateText(rate: TariffRate): string {
  if (rate.kind === 'flat' && Object.keys(rate).length === 2) {
    return `{"amount":${JSON.stringify(rate.amount)},"kind":"flat"}`;
  }
  return canonicalJson(rate as unknown as Json);
}
