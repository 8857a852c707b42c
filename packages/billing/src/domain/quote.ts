import { isRefusal, refuse, sum, type Money, type Refusal } from '@sluice/money';
import type { CompiledCell, CompiledTariff } from './compile-tariff.ts';
import type { BillingElements, PricingRequest, Quote, QuoteLine, TariffCell } from './pricing.ts';
import { refuseMissing } from './refuse-missing.ts';

/**
 * Finds the cell of a request in one look-up, without pricing it.
 *
 * @returns the cell, or one of the refusals `ELEMENT_MISSING`, `ELEMENT_WRONG_TYPE`,
 *   `ELEMENT_WRONG_UNIT`, `CURRENCY_MISMATCH`, `OUT_OF_RANGE` with the element named.
 */
export function lookUpCell(
  tariff: CompiledTariff,
  elements: BillingElements,
): TariffCell | Refusal {
  const index = indexInOrder(tariff, elements);
  if (index >= 0) return tariff.cellAt(index).found;
  const cell = findByName(tariff, elements);
  return isRefusal(cell) ? cell : cell.found;
}

/**
 * Prices a request: the amount, and lines that explain it and add up to it.
 *
 * @returns the quote, or a refusal as {@link lookUpCell}; a basis in another currency than the
 *   tariff's is `CURRENCY_MISMATCH` with the element `basis`.
 */
export function quote(tariff: CompiledTariff, request: PricingRequest): Quote | Refusal {
  if (request.basis.currency !== tariff.currency) return refuseBasis(tariff, request.basis);
  const index = indexInOrder(tariff, request.elements);
  const priced = index >= 0 ? tariff.cellAt(index) : findByName(tariff, request.elements);
  if (isRefusal(priced)) return priced;
  const { found } = priced;
  const lines = priced.price(request);
  if (isRefusal(lines)) return lines;
  const price = totalOf(lines, tariff);
  const taxed = tariff.tax === null ? null : tariff.tax(price, found.rounding);
  return {
    amount: taxed === null ? price : taxed.amount,
    tariffId: tariff.id,
    tariffVersion: tariff.version,
    cell: found.cell,
    cellId: found.cellId,
    intervals: found.intervals,
    rate: found.rate,
    rounding: found.rounding,
    tax: taxed === null ? null : taxed.tax,
    lines: taxed === null ? lines : [...lines, ...taxed.lines],
  };
}

function totalOf(lines: readonly QuoteLine[], { currency }: CompiledTariff): Money {
  const [first] = lines;
  if (first !== undefined && lines.length === 1) return first.amount;
  return sum(
    lines.map(({ amount }) => amount),
    currency,
  );
}

/**
 * The index of the cell where the elements come in the order of the dimensions, whatever lies
 * between them; -1 otherwise, and where one of them has no place. Walking over an object in
 * its own order is about twice as fast as asking it for one name after another.
 */
function indexInOrder({ dimensions }: CompiledTariff, elements: BillingElements): number {
  let index = 0;
  let found = 0;
  for (const name in elements) {
    const dimension = dimensions[found];
    if (dimension === undefined) break;
    if (dimension.name !== name) continue;
    const place = dimension.place(elements[name]);
    if (place < 0) return -1;
    index += place * dimension.stride;
    found += 1;
  }
  return found === dimensions.length ? index : -1;
}

function findByName(tariff: CompiledTariff, elements: BillingElements): CompiledCell | Refusal {
  let index = 0;
  for (const dimension of tariff.dimensions) {
    const element = elements[dimension.name];
    const place = dimension.place(element);
    if (place < 0) {
      // An inherited name such as "constructor" is no element of the request.
      return element === undefined || !Object.hasOwn(elements, dimension.name)
        ? refuseMissing(tariff.id, namesOf(tariff), dimension.name)
        : dimension.refuse(element);
    }
    index += place * dimension.stride;
  }
  return tariff.cellAt(index);
}

function namesOf({ dimensions }: CompiledTariff): readonly string[] {
  return dimensions.map(({ name }) => name);
}

function refuseBasis(tariff: CompiledTariff, basis: Money): Refusal {
  return refuse(
    'CURRENCY_MISMATCH',
    `the basis is in ${basis.currency}, tariff ${tariff.id} prices in ${tariff.currency}`,
    { element: 'basis', given: basis.currency, expected: tariff.currency },
  );
}
