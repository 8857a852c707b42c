import { isRefusal, refuse, sum, type Money, type Refusal } from '@sluice/money';
import type { CompiledCell, CompiledTariff } from './compile-tariff.ts';
import type { BillingElements, PricingRequest, Quote, TariffCell } from './pricing.ts';

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
  const found = findCell(tariff, elements);
  if (isRefusal(found)) return found;
  const { cell, intervals, rate } = found;
  return { cell, intervals, rate };
}

/**
 * Prices a request: the amount, and lines that explain it and add up to it.
 *
 * @returns the quote, or a refusal as {@link lookUpCell}; a basis in another currency than the
 *   tariff's is `CURRENCY_MISMATCH` with the element `basis`.
 */
export function quote(tariff: CompiledTariff, request: PricingRequest): Quote | Refusal {
  if (request.basis.currency !== tariff.currency) return refuseBasis(tariff, request.basis);
  const found = findCell(tariff, request.elements);
  if (isRefusal(found)) return found;
  const lines = found.price(request.basis);
  const [first] = lines;
  const amounts = lines.map(({ amount }) => amount);
  return {
    amount:
      first !== undefined && lines.length === 1 ? first.amount : sum(amounts, tariff.currency),
    tariffId: tariff.id,
    tariffVersion: tariff.version,
    cell: found.cell,
    intervals: found.intervals,
    rate: found.rate,
    rounding: tariff.rounding,
    lines,
  };
}

function findCell(tariff: CompiledTariff, elements: BillingElements): CompiledCell | Refusal {
  let index = 0;
  for (const dimension of tariff.dimensions) {
    const element = elements[dimension.name];
    const place = dimension.place(element);
    if (place < 0) {
      // An inherited name such as "constructor" is no element of the request.
      return element === undefined || !Object.hasOwn(elements, dimension.name)
        ? refuseMissing(tariff, dimension.name)
        : dimension.refuse(element);
    }
    index += place * dimension.stride;
  }
  return tariff.cellAt(index);
}

function refuseMissing(tariff: CompiledTariff, element: string): Refusal {
  return refuse(
    'ELEMENT_MISSING',
    `the billing element "${element}" is missing: tariff ${tariff.id} prices by ` +
      tariff.dimensions.map(({ name }) => name).join(', '),
    { element, tariff: tariff.id },
  );
}

function refuseBasis(tariff: CompiledTariff, basis: Money): Refusal {
  return refuse(
    'CURRENCY_MISMATCH',
    `the basis is in ${basis.currency}, tariff ${tariff.id} prices in ${tariff.currency}`,
    { element: 'basis', given: basis.currency, expected: tariff.currency },
  );
}
