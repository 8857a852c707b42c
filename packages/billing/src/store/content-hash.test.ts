import { requestHash, type Json } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTariff } from '../index.ts';
import { messageOf, rightMessage } from '../testing/random-tariffs.ts';
import { contentHash } from './content-hash.ts';

test('the hash is that of the canonical JSON, whatever the tariff says', () => {
  const extras = fc.record({
    tax: fc.option(fc.constant({ name: 'VAT', rate: '0.06', included: true }), { nil: undefined }),
    corrects: fc.option(fc.constant('random-0'), { nil: undefined }),
  });
  const cell = fc.record({
    cellId: fc.option(fc.constant('v1.x'), { nil: undefined }),
    rounding: fc.option(fc.constant({ mode: 'up', scale: 1, stage: 'line' }), { nil: undefined }),
  });
  fc.assert(
    fc.property(rightMessage, extras, cell, (message, more, own) => {
      // A cell's id is for one cell: the first line says more only where it has no wildcard.
      const single = !Object.values(message.rates[0]!.cell).includes('*');
      const rates = message.rates.map((rate, line) =>
        line === 0 && single ? { ...rate, ...own } : rate,
      );
      const tariff = expectAnswer(parseTariff({ ...messageOf({ ...message, rates }), ...more }));
      expect(contentHash(tariff)).toBe(requestHash(tariff as unknown as Json));
    }),
  );
});
