import { expectAnswer, isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvToMessage, editTariff, parseTariff, tariffToCsv, type Tariff } from '../../index.ts';
import { messageOf, rightMessage } from '../../testing/random-tariffs.ts';
import { oneCell } from '../../testing/one-cell.ts';
import { subsidyShare, transferFee } from '../../testing/tariffs.ts';

const share = `id,subsidy-share-2017
businessId,subsidy-share
version,1
currency,USD
effectiveFrom,2017-01-01
rounding,half-even,currency,line
dimension,kind,enumeration
dimension,discount,money
rates
kind,discount,proportion
loyalty,[5.00 .. ),0.40
loyalty,[0.00 .. 1.00),0.60
loyalty,[1.00 .. 5.00),0.50
coupon,*,1.00
match,*,1.00
`;
const read = (text: string): Tariff => expectAnswer(parseTariff(expectAnswer(csvToMessage(text))));
const faultsOf = (text: string): unknown => {
  const answer = csvToMessage(text);
  return isRefusal(answer) ? answer.details['faults'] : [];
};

test('a table as finance people keep it is the tariff that the JSON message is', () => {
  const expected = expectAnswer(parseTariff(subsidyShare));
  const names = ['loyalty', 'coupon', 'match'];
  const [kind] = subsidyShare.dimensions;
  const reordered = parseTariff({
    ...subsidyShare,
    dimensions: [{ ...kind, values: names }, subsidyShare.dimensions[1]],
  });
  expect(read(share)).toEqual(reordered);
  expect(read(tariffToCsv(expected))).toEqual(expected);
});

test('a byte order mark, CRLF, spaces and empty rows change nothing', () => {
  const windows = `\uFEFF${share.replaceAll('\n', '\r\n').replace('rates', '\r\n,,\r\n rates ')}`;
  expect(read(windows)).toEqual(read(share));
});

test('what is written is read back to the same tariff, whatever the dimensions', () => {
  fc.assert(
    fc.property(rightMessage, (message) => {
      const tariff = expectAnswer(parseTariff(messageOf(message)));
      expect(read(tariffToCsv(tariff))).toEqual(tariff);
    }),
  );
});

test('rates of all models, tax, numbers and cell ids come back too', () => {
  const units = { of: 'calls', unit: 'call', parts: 'exact' };
  const volume = {
    units,
    tiers: [{ to: null, perUnit: '0.5' }],
    zero: 'nothing',
    earlier: 'ignored',
  };
  const line = {
    volume,
    minimum: '1.00',
    cap: '0.5',
    rounding: { mode: 'up', scale: 1, stage: 'line' },
  };
  const tax = { tax: { name: 'VAT, "reduced"', rate: '0.06', included: true } };
  const one = expectAnswer(parseTariff(oneCell(line, tax)));
  expect(read(tariffToCsv(one))).toEqual(one);
  const edited = expectAnswer(
    editTariff(expectAnswer(parseTariff(transferFee)), {
      expectedVersion: 1,
      id: 'transfer-fee-2',
      effectiveFrom: '2021-01-01',
      edits: [
        {
          op: 'split-interval',
          dimension: 'amount',
          number: 1,
          at: '50.00',
          boundIn: 'lower',
          keeps: 'upper',
        },
        { op: 'remove-interval', dimension: 'amount', interval: 4 },
        { op: 'remove-interval', dimension: 'channel', interval: 'app' },
      ],
    }),
  );
  expect(read(tariffToCsv(edited))).toEqual(edited);
});

describe('a file that is no tariff tells every fault with its line', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['nothing', '', ['there is no row "rates" with a header and rates below it']],
    [
      'rows that nobody knows',
      share.replace('version,1', 'versoin,1').replace('kind,discount,proportion', 'kind,price,x'),
      [
        'line 3: "versoin" is no part of a tariff\'s head',
        'line 10: "price" is no dimension and no part of a rate',
        'line 10: "x" is no dimension and no part of a rate',
        'line 10: the dimension "discount" has no column',
      ],
    ],
    [
      'a field too many',
      share.replace('coupon,*,1.00', 'coupon,*,1.00,2.00'),
      ['line 14: "2.00" stands under no column'],
    ],
    [
      'a rate that is no JSON',
      share.replace('*,1.00', '*,{').replace('proportion', 'rate'),
      ['line 14: the column "rate" holds no JSON object'],
    ],
    [
      'a tax without its place',
      share.replace('dimension,kind', 'tax,VAT,0.06\ndimension,kind'),
      ['line 7: say "included" or "on top" behind the tax rate'],
    ],
  ];
  test.each(cases)('%s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(expect.arrayContaining([...faults]));
  });

  test('an open quote', () => {
    expect(csvToMessage('id,"x\n')).toMatchObject({ code: 'CSV_INVALID' });
  });

  test('holes and overlaps are told by the proof, with an example', () => {
    const hole = share.replace('[1.00 .. 5.00)', '[1.00 .. 4.00)');
    expect(parseTariff(expectAnswer(csvToMessage(hole)))).toMatchObject({
      details: { faults: ['discount 4.00 hits no interval, interval 3 begins above it'] },
    });
    const none = parseTariff(expectAnswer(csvToMessage(share.replace('[5.00 .. )', '5 and up'))));
    expect(none).toMatchObject({ code: 'TARIFF_INVALID' });
  });
});
