import type { Queryable } from '@sluice/database';
import type { RoundingPolicy } from '@sluice/money';
import { cellNames } from '../domain/cells.ts';
import type { TariffRate } from '../domain/rates/tariff-rate.ts';
import type { CellRate, Dimension } from '../domain/tariff.ts';

/**
 * Some rates of one tariff as they are sent: each column as lines of one text, which takes
 * less time and memory than a row for each. JSON and words hold no line break.
 */
export interface RatePage {
  readonly cells: string | null;
  readonly rates: string | null;
  readonly cell_ids: string | null;
  readonly roundings: string | null;
}

/** Few enough that neither side holds much, and enough that round trips do not count. */
export const ratesAtOnce = 20_000;

const pageColumns = `
  string_agg(combined_interval, e'\\n') as cells,
  string_agg(rate::text, e'\\n') as rates,
  string_agg(coalesce(cell_id, ''), e'\\n') as cell_ids,
  string_agg(coalesce(rounding::text, ''), e'\\n') as roundings`;

/** For a lateral join behind `billing.tariff`: all rates of the tariff, or one more than a page. */
export const firstRatesSql = `
  select ${pageColumns}
  from (
    select combined_interval, rate, cell_id, rounding
    from billing.interval_rate
    where interval_rate.tariff_id = tariff.tariff_id
    limit ${ratesAtOnce + 1}
  ) as few`;

/**
 * All rates of a tariff by cell. A large one is read page by page, each a range of keys, so that
 * nothing has to be sorted and neither side holds more than a page.
 *
 * @param first what {@link firstRatesSql} gave.
 */
export async function readRates(
  queryable: Queryable,
  tariff: {
    readonly tariffId: string;
    readonly dimensions: readonly Dimension[];
    readonly first: RatePage;
  },
): Promise<ReadonlyMap<string, CellRate>> {
  const { tariffId, dimensions, first } = tariff;
  const found = new Map<string, CellRate>();
  addPage(first, found);
  if (found.size <= ratesAtOnce) return found;
  const starts = pageStarts(cellNames(dimensions));
  for (const [place, from] of starts.entries()) {
    const [page] = await queryable.query<RatePage>(
      `select ${pageColumns}
       from billing.interval_rate
       where tariff_id = $1 and combined_interval >= $2 and combined_interval < $3`,
      [tariffId, from, starts[place + 1] ?? behindAll],
    );
    if (page !== undefined) addPage(page, found);
  }
  return found;
}

/** Behind all keys, which are made of digits and `-`. */
const behindAll = ':';

/** Some keys in the order of the index, each with about a page of keys up to the next. */
function pageStarts(cells: readonly string[]): readonly string[] {
  return ['', ...cells.filter((_, place) => place > 0 && place % ratesAtOnce === 0).sort()];
}

function addPage(page: RatePage, found: Map<string, CellRate>): void {
  if (page.cells === null) return;
  const cells = page.cells.split('\n');
  const [rates = [], ids = [], roundings = []] = [page.rates, page.cell_ids, page.roundings].map(
    (lines) => (lines ?? '').split('\n'),
  );
  const rateOf = readOnce<TariffRate>();
  const roundingOf = readOnce<RoundingPolicy>();
  for (const [line, cell] of cells.entries()) {
    const [id, rounding] = [ids[line] ?? '', roundings[line] ?? ''];
    found.set(cell, {
      cell,
      rate: rateOf(rates[line] ?? ''),
      ...(id === '' ? {} : { id }),
      ...(rounding === '' ? {} : { rounding: roundingOf(rounding) }),
    });
  }
}

/** Reads each JSON text once: most cells of a large tariff share a few rates. */
function readOnce<T>(): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.get(text) ?? (JSON.parse(text) as T);
    known.set(text, value);
    return value;
  };
}
