import { expectAnswer, isRefusal, money, type Refusal } from '@sluice/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compileTariff,
  editTariff,
  parseTariff,
  quote,
  toMessage,
  type BillingElements,
  type CompiledTariff,
  type Quote,
  type Tariff,
  type TariffEdit,
} from '../../index.ts';

/**
 * The model: one money dimension as a list of bounds and prices, one enumeration as a list of
 * names, each cell a price of its own. Edits are done on plain arrays, and the tariff is then
 * written anew from them.
 */
interface Model {
  readonly bounds: readonly number[];
  readonly values: readonly string[];
  /** The value that stands for names not listed. */
  readonly standard: string | null;
  /** Price in cents by `value@lower bound`. */
  readonly prices: ReadonlyMap<string, number>;
}

const start: Model = {
  bounds: [0, 40, 80],
  values: ['a', 'b'],
  standard: null,
  prices: new Map([
    ['a@0', 1],
    ['a@40', 2],
    ['b@0', 3],
    ['b@40', 4],
  ]),
};

const amountText = (cents: number): string =>
  `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

function build({ bounds, values, standard, prices }: Model, id: string, version: number): Tariff {
  return expectAnswer(
    parseTariff({
      id,
      businessId: 'model',
      version,
      currency: 'USD',
      effectiveFrom: '2020-01-01',
      rounding: { mode: 'half-up', scale: 'currency', stage: 'line' },
      dimensions: [
        {
          ...{ name: 'value', type: 'enumeration', values },
          ...(standard === null ? {} : { default: standard }),
        },
        {
          name: 'size',
          type: 'money',
          intervals: bounds.slice(1).map((to, place) => ({
            from: amountText(bounds[place]!),
            to: amountText(to),
          })),
        },
      ],
      order: ['value', 'size'],
      rates: values.flatMap((value) =>
        bounds.slice(0, -1).map((from, place) => ({
          cell: { value, size: place + 1 },
          flat: amountText(prices.get(`${value}@${from}`)!),
        })),
      ),
    }),
  );
}

type Step = readonly [kind: number, first: number, second: number];

type Stepped = { readonly model: Model; readonly edits: readonly TariffEdit[] };

/** Where a step happens: an interval and the numbers it draws from. */
interface Place extends Model {
  /** Prices to be changed. */
  readonly next: Map<string, number>;
  readonly numbers: readonly number[];
  readonly at: number;
  readonly first: number;
  readonly second: number;
}

/** One random edit on model and tariff alike; undefined when the step means nothing here. */
function stepOn(model: Model, tariff: Tariff, [kind, first, second]: Step): Stepped | undefined {
  const size = tariff.dimensions[1]!;
  const numbers = 'intervals' in size ? size.intervals.map(({ number }) => number) : [];
  const place = { numbers, at: first % numbers.length, first, second };
  return (kinds[kind] ?? reprice)({ ...model, ...place, next: new Map(model.prices) });
}

function split({
  bounds,
  values,
  standard,
  next,
  numbers,
  at,
  second,
}: Place): Stepped | undefined {
  const cut = bounds[at]! + 1 + (second % 39);
  if (cut >= bounds[at + 1]!) return undefined;
  for (const value of values) next.set(`${value}@${cut}`, next.get(`${value}@${bounds[at]}`)!);
  const keeps = second % 2 === 0 ? 'lower' : 'upper';
  const where = { dimension: 'size', number: numbers[at]! };
  return {
    model: { bounds: bounds.toSpliced(at + 1, 0, cut), values, standard, prices: next },
    edits: [{ op: 'split-interval', ...where, keeps, at: amountText(cut), boundIn: 'upper' }],
  };
}

function merge({
  bounds,
  values,
  standard,
  next,
  numbers,
  at,
  second,
}: Place): Stepped | undefined {
  if (at + 1 >= numbers.length) return undefined;
  const upper = second % 2 === 0;
  for (const value of upper ? values : []) {
    next.set(`${value}@${bounds[at]}`, next.get(`${value}@${bounds[at + 1]}`)!);
  }
  const pair = [numbers[at]!, numbers[at + 1]!] as const;
  return {
    model: { bounds: bounds.toSpliced(at + 1, 1), values, standard, prices: next },
    edits: [
      { op: 'merge-intervals', dimension: 'size', numbers: pair, keeps: pair[upper ? 1 : 0] },
    ],
  };
}

function extend({ bounds, values, standard, next, numbers, at, second }: Place): Stepped {
  const end = bounds.at(-1)!;
  const to = end + 1 + (second % 40);
  for (const value of values) next.set(`${value}@${end}`, next.get(`${value}@${bounds[at]}`)!);
  const interval = { from: amountText(end), to: amountText(to) };
  return {
    model: { bounds: [...bounds, to], values, standard, prices: next },
    edits: [{ op: 'add-interval', dimension: 'size', priceAs: numbers[at]!, interval }],
  };
}

function shorten({ bounds, values, standard, next, numbers, second }: Place): Stepped | undefined {
  if (numbers.length === 1) return undefined;
  const low = second % 2 === 0;
  return {
    model: { bounds: low ? bounds.slice(1) : bounds.slice(0, -1), values, standard, prices: next },
    edits: [{ op: 'remove-interval', dimension: 'size', interval: numbers.at(low ? 0 : -1)! }],
  };
}

function addValue({ bounds, values, standard, next, first, second }: Place): Stepped | undefined {
  const value = `n${second}`;
  if (values.includes(value)) return undefined;
  const source = values[first % values.length]!;
  for (const bound of bounds) {
    const price = next.get(`${source}@${bound}`);
    if (price !== undefined) next.set(`${value}@${bound}`, price);
  }
  return {
    model: { bounds, values: [...values, value], standard, prices: next },
    edits: [{ op: 'add-value', dimension: 'value', value, priceAs: source }],
  };
}

function reprice({ bounds, values, standard, next, numbers, at, first, second }: Place): Stepped {
  const value = values[first % values.length]!;
  const price = second + 1_000;
  next.set(`${value}@${bounds[at]}`, price);
  const cell = { value, size: numbers[at]! };
  return {
    model: { bounds, values, standard, prices: next },
    edits: [{ op: 'set-rate', cell, rate: { flat: amountText(price) } }],
  };
}

function setDefault({ bounds, values, next, first, second }: Place): Stepped {
  const value = second % 3 === 0 ? null : values[first % values.length]!;
  return {
    model: { bounds, values, standard: value, prices: next },
    edits: [{ op: 'set-default', dimension: 'value', value }],
  };
}

/** The default names its successor in the same change. */
function removeValue({ bounds, values, standard, next, first }: Place): Stepped | undefined {
  const value = values[first % values.length]!;
  const left = values.filter((one) => one !== value);
  if (left.length === 0) return undefined;
  for (const bound of bounds) next.delete(`${value}@${bound}`);
  const successor = standard === value ? left[0]! : standard;
  const remove = { op: 'remove-interval', dimension: 'value', interval: value } as const;
  return {
    model: { bounds, values: left, standard: successor, prices: next },
    edits:
      successor === standard
        ? [remove]
        : [{ op: 'set-default', dimension: 'value', value: successor }, remove],
  };
}

const kinds = [split, merge, extend, shorten, addValue, reprice, setDefault, removeValue];

const outcome = (answer: Quote | Refusal): string =>
  isRefusal(answer) ? answer.code : String(answer.amount.minor);

function quotes(tariff: CompiledTariff, { values, bounds }: Model): readonly string[] {
  const amounts = bounds.flatMap((bound) => [bound - 1, bound, bound + 1]);
  return [...values, 'n0', 'unheard-of'].flatMap((value) =>
    amounts.map((minor) => {
      const elements: BillingElements = { value, size: money(BigInt(minor), 'USD') };
      return outcome(quote(tariff, { basis: money(0n, 'USD'), elements }));
    }),
  );
}

const steps = fc.array(fc.tuple(fc.nat(kinds.length - 1), fc.nat(9), fc.nat(999)), {
  maxLength: 12,
});

test('edit after edit quotes like the tariff built anew, and cells keep their ids', () => {
  fc.assert(
    fc.property(steps, (all) => {
      let model = start;
      let tariff = build(start, 't-1', 1);
      for (const step of all) {
        const done = stepOn(model, tariff, step);
        if (done === undefined) continue;
        const before = new Set(tariff.rates.map(({ cell, id = cell }) => id));
        const next = expectAnswer(
          editTariff(tariff, {
            expectedVersion: tariff.version,
            id: `t-${tariff.version + 1}`,
            effectiveFrom: '2020-01-01',
            edits: done.edits,
          }),
        );
        const ids = next.rates.map(({ cell, id = cell }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const fresh = ids.filter((id) => !before.has(id));
        expect(fresh.every((id) => id.startsWith(`v${next.version}.`))).toBe(true);
        const lost = [...before].filter((id) => !ids.includes(id)).length;
        expect(fresh.length - lost).toBe(ids.length - before.size);
        if (kinds[step[0]] === reprice || kinds[step[0]] === setDefault) expect(fresh).toEqual([]);
        model = done.model;
        tariff = next;
      }
      const anew = build(model, tariff.id, tariff.version);
      expect(quotes(compileTariff(tariff), model)).toEqual(quotes(compileTariff(anew), model));
      expect(parseTariff(JSON.parse(JSON.stringify(toMessage(tariff))))).toEqual(tariff);
    }),
    { numRuns: 150 },
  );
});
