import { expectAnswer } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinTariff, parseTariff, splitTariff, type TariffEntities } from '../index.ts';
import { messageOf, rightMessage } from '../testing/random-tariffs.ts';
import { subsidyShare } from '../testing/tariffs.ts';

const share = splitTariff(expectAnswer(parseTariff(subsidyShare)));

test('a tariff is split into four entities under the keys of the patent', () => {
  expect(share.main).toMatchObject({ key: 'subsidy-share', tariffId: 'subsidy-share-2017' });
  expect(share.definitions.map(({ key }) => key)).toEqual([
    'subsidy-share-2017:kind',
    'subsidy-share-2017:discount',
  ]);
  expect(share.order).toMatchObject({
    key: 'subsidy-share-2017',
    dimensions: ['kind', 'discount'],
  });
  expect(share.rates).toHaveLength(9);
  expect(share.rates[7]).toEqual({
    key: 'subsidy-share-2017:3-2',
    tariffId: 'subsidy-share-2017',
    combinedInterval: '3-2',
    rate: { kind: 'proportion', proportion: '0.5' },
  });
});

test('joining what was split gives the tariff back, in whatever sequence the entities come', () => {
  fc.assert(
    fc.property(rightMessage, (message) => {
      const tariff = expectAnswer(parseTariff(messageOf(message)));
      const entities = splitTariff(tariff);
      expect(joinTariff(entities)).toEqual(tariff);
      const reversed = {
        ...entities,
        definitions: entities.definitions.toReversed(),
        rates: entities.rates.toReversed(),
      };
      expect(joinTariff(reversed)).toEqual(tariff);
    }),
  );
});

describe('broken entities are a bug and throw', () => {
  const [rate] = share.rates;
  const cases: readonly (readonly [string, TariffEntities, string])[] = [
    ['a missing rate', { ...share, rates: share.rates.slice(1) }, '9 entities expected, 8 found'],
    [
      'a rate of another cell',
      { ...share, rates: [...share.rates.slice(1), { ...rate!, combinedInterval: '4-1' }] },
      'no entity for 1-1',
    ],
    [
      'a rate of another tariff',
      { ...share, rates: [...share.rates.slice(1), { ...rate!, tariffId: 'other' }] },
      'is of another tariff',
    ],
    ['a missing definition', { ...share, definitions: [] }, '2 entities expected, 0 found'],
  ];
  test.each(cases)('%s', (_, entities, problem) => {
    expect(() => joinTariff(entities)).toThrow(problem);
  });
});
