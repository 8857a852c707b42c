import { cellNames } from './cells.ts';
import { listText, type Fault } from './fault.ts';
import type { RateLine } from './rate-lines.ts';
import type { TariffRate } from './rates/tariff-rate.ts';
import { repeated } from './repeated.ts';
import type { CellRate, Dimension } from './tariff.ts';

/**
 * The rate of each cell, in the order of the cells.
 *
 * @param owners by cell index the place of the line that prices it.
 */
export function cellRates(
  dimensions: readonly Dimension[],
  owners: Int32Array,
  lines: readonly RateLine[],
  rates: readonly (TariffRate | undefined)[],
): readonly CellRate[] | { readonly faults: readonly Fault[] } {
  let named = false;
  const cells = cellNames(dimensions).map((cell, index): CellRate => {
    const owner = owners[index] ?? -1;
    const rate = rates[owner];
    if (rate === undefined) throw new Error(`cell ${cell} has no rate`);
    const { cellId: id, rounding } = lines[owner]?.terms ?? {};
    if (id === undefined && rounding === undefined) return { cell, rate };
    named ||= id !== undefined;
    return {
      cell,
      rate,
      ...(id === undefined || id === cell ? {} : { id }),
      ...(rounding === undefined ? {} : { rounding }),
    };
  });
  const faults = named ? idFaults(cells) : [];
  return faults.length === 0 ? cells : { faults };
}

/** A cell's name through all versions must be its own. */
function idFaults(cells: readonly CellRate[]): readonly Fault[] {
  const twice = new Set(repeated(cells.map(({ cell, id = cell }) => id)));
  return [...twice].map((name) => {
    const sharing = cells.filter(({ cell, id = cell }) => id === name).map(({ cell }) => cell);
    return { text: `the cells ${listText(sharing)} have one cellId, "${name}"` };
  });
}
