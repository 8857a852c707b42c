import { isRefusal } from '@sluice/money';
import { compileTariff } from './compile-tariff.ts';
import { parseTariff } from './parse-tariff.ts';
import { compileRate } from './rates/rate-models.ts';
import { sampleElements } from './sample-elements.ts';
import type { Tariff } from './tariff.ts';
import { writeDimension } from './to-message.ts';

/**
 * What is wrong with a tariff whose every cell has a rate, as texts: a dimension with a gap or an
 * overlap, a rate that no model prices, a look-up that leads elsewhere. None where it is sound.
 */
export function tariffFaults(tariff: Tariff): readonly string[] {
  try {
    const unsound = dimensionFaults(tariff);
    return unsound.length > 0 ? unsound : [...rateFaults(tariff), ...lookUpFaults(tariff)];
  } catch (error) {
    // What did not come from a message can break any reader of tariffs.
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The dimensions are proved by a message of theirs that prices all cells alike. */
function dimensionFaults({ rates: _, dimensions, ...head }: Tariff): readonly string[] {
  const cell = Object.fromEntries(dimensions.map(({ name }) => [name, '*']));
  const answer = parseTariff({
    ...head,
    dimensions: dimensions.map(writeDimension),
    order: dimensions.map(({ name }) => name),
    rates: [{ cell, flat: '0' }],
  });
  return isRefusal(answer) ? [answer.message] : [];
}

function rateFaults({ currency, rounding: standard, rates }: Tariff): readonly string[] {
  const sound = new Set<object>();
  const faults: string[] = [];
  for (const { cell, rate, rounding = standard } of rates) {
    if (sound.has(rate)) continue;
    try {
      // A kind that no model knows gives no pricer, which no type can tell of what is stored.
      if (typeof compileRate(rate, { currency, rounding }) === 'function') sound.add(rate);
      else faults.push(`cell ${cell} has a rate of no known kind`);
    } catch (error) {
      faults.push(`cell ${cell} has a rate that cannot price: ${String(error)}`);
    }
  }
  return faults;
}

function lookUpFaults(tariff: Tariff): readonly string[] {
  const compiled = compileTariff(tariff);
  return tariff.dimensions.flatMap((dimension, number) =>
    sampleElements(dimension, tariff.currency).flatMap((element, place) =>
      compiled.dimensions[number]?.place(element) === place
        ? []
        : [`interval ${place + 1} of ${dimension.name} is not found by what lies in it`],
    ),
  );
}
