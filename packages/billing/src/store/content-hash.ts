import { hash } from 'node:crypto';
import { canonicalJson, type Json } from '@sluice/database';
import type { CellRate, Tariff } from '../domain/tariff.ts';

/** SHA-256 over everything a tariff says: two versions with one hash are the same version. */
export function contentHash(tariff: Tariff): string {
  return hash('sha256', canonicalTariff(tariff));
}

/**
 * The canonical JSON of a tariff. It is what `canonicalJson` gives; only that the rates, of which
 * there can be a million and few that differ, are each written once.
 */
export function canonicalTariff(tariff: Tariff): string {
  const record = tariff as unknown as Readonly<Record<string, Json>>;
  const entries = Object.keys(record)
    .sort()
    .map((name) => {
      const text = name === 'rates' ? canonicalRates(tariff.rates) : canonicalJson(record[name]);
      return `${JSON.stringify(name)}:${text}`;
    });
  return `{${entries.join(',')}}`;
}

function canonicalRates(rates: readonly CellRate[]): string {
  const known = new Map<object, string>();
  const textOf = (rate: object): string => {
    let text = known.get(rate);
    if (text === undefined) {
      text = canonicalJson(rate as Json);
      known.set(rate, text);
    }
    return text;
  };
  const lines = rates.map((entry) =>
    entry.id === undefined && entry.rounding === undefined
      ? `{"cell":${JSON.stringify(entry.cell)},"rate":${textOf(entry.rate)}}`
      : canonicalJson(entry as unknown as Json),
  );
  return `[${lines.join(',')}]`;
}
