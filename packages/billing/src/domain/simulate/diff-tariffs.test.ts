import { expectAnswer, isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileTariff, diffTariffs, editTariff, lookUpCell, parseTariff } from '../../index.ts';
import {
  elementsOf,
  elementTexts,
  messageOf,
  rightMessage,
  variantOf,
} from '../../testing/random-tariffs.ts';
import { handlingFee, subsidyShare } from '../../testing/tariffs.ts';

const share = expectAnswer(parseTariff(subsidyShare));

test('a diff tells the head, the dimensions, and every part that is priced differently', () => {
  const next = expectAnswer(
    editTariff(share, {
      expectedVersion: 1,
      id: 'share-2',
      effectiveFrom: '2018-01-01',
      edits: [
        {
          op: 'split-interval',
          dimension: 'discount',
          number: 2,
          at: '2.00',
          boundIn: 'upper',
          keeps: 'lower',
        },
        { op: 'set-rate', cell: { kind: 'loyalty', discount: 4 }, rate: { proportion: '0.45' } },
        { op: 'add-value', dimension: 'kind', value: 'gift', priceAs: 'match' },
      ],
    }),
  );
  const diff = expectAnswer(diffTariffs(share, next, { limit: 2 }));
  expect(diff.head.map(({ name, before, after }) => [name, before, after])).toEqual([
    ['id', 'subsidy-share-2017', 'share-2'],
    ['version', '1', '2'],
    ['effectiveFrom', '2017-01-01', '2018-01-01'],
  ]);
  expect(diff).toMatchObject({ dimensions: { added: [], removed: [] }, count: 5, compared: 16 });
  expect(diff.differences).toEqual([
    {
      where: { kind: 'loyalty', discount: 'from 2.00 up to 4.99' },
      before: { kind: 'proportion', proportion: '0.5' },
      after: { kind: 'proportion', proportion: '0.45' },
      beforeCell: '3-2',
      afterCell: '3-4',
    },
    {
      where: { kind: 'gift', discount: 'from 0.00 up to 0.99' },
      before: null,
      after: { kind: 'proportion', proportion: '1' },
      beforeCell: null,
      afterCell: '4-1',
    },
  ]);
  expect(expectAnswer(diffTariffs(share, share, { limit: 9 }))).toMatchObject({
    count: 0,
    head: [],
  });
});

test('what cannot be compared is refused', () => {
  const other = expectAnswer(
    parseTariff({
      ...handlingFee,
      dimensions: [{ name: 'kind', type: 'money', intervals: [{ from: null, to: null }] }],
      order: ['kind'],
      rates: [{ cell: { kind: '*' }, flat: '1.00' }],
    }),
  );
  expect(diffTariffs(share, other, { limit: 1 })).toMatchObject({ code: 'TARIFFS_NOT_COMPARABLE' });
});

test('a request is priced differently exactly where the diff says so', () => {
  const cases = rightMessage.chain((one) =>
    fc.tuple(
      variantOf(one).map((two) => [one, two] as const),
      fc.array(elementTexts(one), { minLength: 1 }),
    ),
  );
  let compared = 0;
  fc.assert(
    fc.property(cases, ([[one, two], requests]) => {
      const [before, after] = [one, two].map((message) => {
        return expectAnswer(parseTariff(messageOf(message)));
      });
      const diff = expectAnswer(diffTariffs(before!, after!, { limit: 1_000_000 }));
      const told = new Set(diff.differences.map((d) => `${d.beforeCell} ${d.afterCell}`));
      const [old, fresh] = [compileTariff(before!), compileTariff(after!)];
      for (const texts of requests) {
        const elements = elementsOf(one, texts);
        const [a, b] = [lookUpCell(old, elements), lookUpCell(fresh, elements)];
        const [left, right] = [isRefusal(a) ? null : a, isRefusal(b) ? null : b];
        const differ = JSON.stringify(left?.rate ?? null) !== JSON.stringify(right?.rate ?? null);
        expect(told.has(`${left?.cell ?? null} ${right?.cell ?? null}`)).toBe(differ);
        compared += 1;
      }
    }),
  );
  expect(compared).toBeGreaterThan(100);
});
