import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTransferId } from './domain/transfer-fault.ts';
import { transferId } from './transfer-id.ts';

const at = '2017-07-01T09:30:00Z';

test('the layout is that of UUID version 8: time, version, variant, hash of the key', () => {
  // 0x015cfd7c49c0 ms is 2017-07-01T09:30Z; the key's SHA-256 starts with cb9e d501 c170 c2bd 4a9,
  // of which the two bits above its fourth digit's lower half give way to the variant: e -> a.
  expect(transferId('RED-1/1', at)).toBe('015cfd7c-49c0-8cb9-ad50-1c170c2bd4a9');
});

test('the same key and time give the same id, in whatever zone the time is written', () => {
  expect(transferId('RED-1/1', '2017-07-01T17:30:00.000+08:00')).toBe(transferId('RED-1/1', at));
});

test('another key or another time gives another id', () => {
  const ids = [transferId('1', at), transferId('2', at), transferId('1', '2017-07-01T09:30:01Z')];
  expect(new Set(ids).size).toBe(3);
});

const instant = fc
  .date({ min: new Date(0), max: new Date('2999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

test('every id is well formed, and ids sort by time', () => {
  fc.assert(
    fc.property(fc.string(), instant, fc.string(), instant, (key, time, otherKey, otherTime) => {
      const [id, other] = [transferId(key, time), transferId(otherKey, otherTime)];
      expect(isTransferId(id)).toBe(true);
      if (time !== otherTime) expect(id < other).toBe(time < otherTime);
    }),
  );
});

test.each(['', 'today', '2017-07-01', '1969-12-31T23:59:59Z'])(
  '"%s" is no time for an id',
  (text) => {
    expect(() => transferId('key', text)).toThrow(RangeError);
  },
);
