import { refuse, type Refusal } from '@sluice/money';

/** The refusal of a request that lacks a dimension's element. */
export function refuseMissing(
  tariff: string,
  dimensions: readonly string[],
  element: string,
): Refusal {
  return refuse(
    'ELEMENT_MISSING',
    `the billing element "${element}" is missing: tariff ${tariff} prices by ` +
      dimensions.join(', '),
    { element, tariff },
  );
}
