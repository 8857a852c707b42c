import { exponentOf, isRefusal, money, refuse, type Money, type Refusal } from '@sluice/money';
import { compileTariff, type CompiledTariff } from '../compile-tariff.ts';
import { cellCount, countsOf, placesOf, singlesOf } from '../cells.ts';
import { Exact } from '../exact.ts';
import { rangeOf } from '../interval.ts';
import type { BillingElements, ElementValue, IntervalHit, Quote } from '../pricing.ts';
import { quote } from '../quote.ts';
import { sampleElements } from '../sample-elements.ts';
import { scaleOf } from '../scale.ts';
import type { CellRate, Dimension, MoneyDimension, Tariff } from '../tariff.ts';
import { shapeOf } from './rate-shape.ts';

/** Where and how cliffs are looked for. */
export interface CliffQuery {
  /** The money dimension that one more cent is added to, together with the basis; or `basis`. */
  readonly along: string;
  /** The payee receives the price (a share), or pays it out of the basis (a fee). */
  readonly payee: 'receives' | 'pays';
  /** What rates count beside the dimensions, such as units. */
  readonly elements?: BillingElements;
  /** How many cliffs are listed, the deepest first. */
  readonly limit: number;
}

/** One more cent of input, and the payee has less. */
export interface Cliff {
  /** A bound of the dimension or of a tier; or, between bounds, the price's own steps. */
  readonly kind: 'bound' | 'step';
  /** The first amount after the fall. */
  readonly at: Money;
  readonly before: Money;
  readonly after: Money;
  /** Above zero. */
  readonly drop: Money;
  readonly beforeCell: string;
  readonly afterCell: string;
  readonly intervals: readonly IntervalHit[];
}

/** All cliffs of a tariff along one dimension. */
export interface CliffReport {
  readonly count: number;
  readonly cliffs: readonly Cliff[];
  /** Bounds where the tariff gave no price, such as for a unit that was not given. */
  readonly unpriced: number;
}

/**
 * Finds every place where one more cent of input lowers the payee's income. Nothing is sampled:
 * within an interval and a tier the price of every rate model rises with the basis, so it can
 * fall at bounds alone, and both sides of each are priced. A payee who pays can also lose between
 * bounds, where a rate takes more than the whole or rounds in steps above the minor unit; there
 * one such step of each stretch is listed. Falls of a single minor unit that come from rounding a
 * tax on top after the price was rounded are not looked for.
 *
 * @returns the report, or `CLIFFS_NOT_ALONG` when the dimension is none of money.
 */
export function findCliffs(tariff: Tariff, query: CliffQuery): CliffReport | Refusal {
  const place = tariff.dimensions.findIndex(({ name }) => name === query.along);
  const along = tariff.dimensions[place];
  if (along === undefined ? query.along !== 'basis' : along.type !== 'money') {
    const names = tariff.dimensions.filter(({ type }) => type === 'money').map(({ name }) => name);
    return refuse(
      'CLIFFS_NOT_ALONG',
      `"${query.along}" is no dimension of money: use ${[...names, 'basis'].join(' or ')}`,
      { tariff: tariff.id, along: query.along },
    );
  }
  const search = new Search(tariff, query);
  const others = tariff.dimensions.filter((_, other) => other !== place);
  for (const elements of combinations(others, tariff)) {
    search.walk(elements, stretchesOf(tariff, place, elements.places));
  }
  return search.report();
}

/** One element for each dimension but the one along which the search goes. */
interface Fixed {
  readonly places: readonly number[];
  readonly elements: BillingElements;
}

function* combinations(others: readonly Dimension[], { currency }: Tariff): Generator<Fixed> {
  const samples = others.map((dimension) => sampleElements(dimension, currency));
  const counts = countsOf(others);
  for (let index = 0; index < cellCount(counts); index += 1) {
    const places = placesOf(index, counts);
    const pairs = others.map(({ name }, other): [string, ElementValue] => [
      name,
      samples[other]?.[places[other] ?? 0] ?? '',
    ]);
    yield { places, elements: Object.fromEntries(pairs) };
  }
}

/** A range of amounts within one cell; null has no end. */
interface Stretch {
  readonly first: bigint | null;
  readonly last: bigint | null;
  readonly rate: CellRate;
}

function stretchesOf(tariff: Tariff, place: number, others: readonly number[]): readonly Stretch[] {
  const counts = countsOf(tariff.dimensions);
  const along = tariff.dimensions[place] as MoneyDimension | undefined;
  const rateAt = (places: readonly number[]): CellRate => {
    const index = places.reduce((sum, one, dimension) => sum * (counts[dimension] ?? 1) + one, 0);
    const rate = tariff.rates[index];
    if (rate === undefined) throw new RangeError(`tariff ${tariff.id} has no cell ${index}`);
    return rate;
  };
  if (along === undefined) return [{ first: 0n, last: null, rate: rateAt(others) }];
  const scale = scaleOf(along, tariff.currency);
  return singlesOf(along).map((_, one) => {
    const interval = along.intervals[one];
    const range = interval === undefined ? undefined : rangeOf(interval, scale);
    if (range === undefined) throw new Error(`${along.name} has a bound that cannot be read`);
    return { ...range, rate: rateAt(others.toSpliced(place, 0, one)) };
  });
}

/** Where a stretch without upper end is left: nobody is paid so much. */
const farMinor = 10n ** 15n;

class Search {
  readonly #tariff: Tariff;
  readonly #compiled: CompiledTariff;
  readonly #query: CliffQuery;
  readonly #cliffs: Cliff[] = [];
  #count = 0;
  #unpriced = 0;

  constructor(tariff: Tariff, query: CliffQuery) {
    this.#tariff = tariff;
    this.#compiled = compileTariff(tariff);
    this.#query = query;
  }

  walk({ elements }: Fixed, stretches: readonly Stretch[]): void {
    for (const [number, { first, last, rate }] of stretches.entries()) {
      const { jumps } = shapeOf(rate.rate, this.#tariff.currency);
      const inside = [...new Set(jumps)]
        .filter((at) => (first === null || at > first) && (last === null || at <= last))
        .sort((left, right) => (left < right ? -1 : 1));
      const bounds = number === 0 || first === null ? inside : [first, ...inside];
      for (const at of bounds) this.#look('bound', at, elements);
      const starts = [first ?? 0n, ...inside];
      starts.forEach((start, place) => {
        const end = (starts[place + 1] ?? (last ?? start + farMinor) + 1n) - 1n;
        if (start < end && this.#mayStep(rate)) this.#lookBetween(start, end, elements);
      });
    }
  }

  report(): CliffReport {
    return { count: this.#count, cliffs: this.#cliffs, unpriced: this.#unpriced };
  }

  /** Only a payee who pays loses by a price that rises faster than the basis. */
  #mayStep({ rate, rounding = this.#tariff.rounding }: CellRate): boolean {
    if (this.#query.payee === 'receives') return false;
    const { currency, tax } = this.#tariff;
    const onTop = tax === undefined || tax.included ? 0 : tax.rate;
    const { steepest } = shapeOf(rate, currency);
    const coarse = rounding.scale !== 'currency' && rounding.scale < exponentOf(currency);
    return coarse || steepest.times(new Exact(1).plus(onTop)).greaterThan(1);
  }

  /** The first amount in the stretch at which the price, only rising, takes too large a step. */
  #lookBetween(first: bigint, last: bigint, elements: BillingElements): void {
    const start = this.#quote(first, elements);
    const end = this.#quote(last, elements);
    if (start === null || end === null) return;
    const grown = (at: bigint): bigint => {
      const there = this.#quote(at, elements);
      return there === null ? 0n : there.amount.minor - start.amount.minor;
    };
    const loses = grown(last) > last - first;
    // A fall below the income at the start exists, or the price's first step is taken as witness.
    const isBeyond = (at: bigint): boolean => (loses ? grown(at) > at - first : grown(at) > 0n);
    if (!isBeyond(last)) return;
    let [low, high] = [first, last];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (isBeyond(middle)) high = middle;
      else low = middle;
    }
    this.#look('step', high, elements);
  }

  #look(kind: Cliff['kind'], at: bigint, elements: BillingElements): void {
    const before = this.#quote(at - 1n, elements);
    const after = this.#quote(at, elements);
    if (before === null || after === null) {
      this.#unpriced += 1;
      return;
    }
    const drop = this.#income(before, at - 1n) - this.#income(after, at);
    if (drop <= 0n) return;
    const of = (minor: bigint): Money => money(minor, this.#tariff.currency);
    this.#keep({
      ...{ kind, at: of(at), drop: of(drop) },
      before: of(this.#income(before, at - 1n)),
      after: of(this.#income(after, at)),
      ...{ beforeCell: before.cell, afterCell: after.cell, intervals: after.intervals },
    });
  }

  #quote(minor: bigint, fixed: BillingElements): Quote | null {
    const { along, elements } = this.#query;
    const basis = money(minor, this.#tariff.currency);
    const moving = along === 'basis' ? {} : { [along]: basis };
    const answer = quote(this.#compiled, {
      basis,
      elements: { ...elements, ...fixed, ...moving },
    });
    return isRefusal(answer) ? null : answer;
  }

  #income({ amount }: Quote, basis: bigint): bigint {
    return this.#query.payee === 'receives' ? amount.minor : basis - amount.minor;
  }

  #keep(cliff: Cliff): void {
    this.#count += 1;
    const deeper = this.#cliffs.findLastIndex(({ drop }) => drop.minor >= cliff.drop.minor);
    if (deeper + 1 >= this.#query.limit) return;
    this.#cliffs.splice(deeper + 1, 0, cliff);
    this.#cliffs.length = Math.min(this.#cliffs.length, this.#query.limit);
  }
}
