// PostgreSQL reads each array as a list of texts: what it reads is what was sent.
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { int8Array, textArray, timestamptzArray, uuidArray } from './binary-arrays.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());

async function readBack(type: string, bytes: Buffer): Promise<readonly string[]> {
  const text =
    type === 'timestamptz'
      ? `to_char(one at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
      : 'one::text';
  const [row] = await db.app.query<{ found: readonly string[] }>(
    `select coalesce(array_agg(${text} order by place), '{}') as found
     from unnest($1::${type}[]) with ordinality as given (one, place)`,
    [bytes],
  );
  return row?.found ?? [];
}

const same = <T>(value: T): T => value;
const instant = fc
  .date({
    min: new Date('1000-01-01T00:00:00Z'),
    max: new Date('2999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());

test.each([
  [
    'bigint',
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String),
    (given: string[]) => int8Array(given, BigInt),
  ],
  ['uuid', fc.uuid(), uuidArray],
  ['timestamptz', instant, (given: string[]) => timestamptzArray(given, same)],
  [
    'text',
    fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => !text.includes('\0')),
    (given: string[]) => textArray(given, same),
  ],
] as const)('%s[] arrives as it was', async (type, element, encode) => {
  await fc.assert(
    fc.asyncProperty(fc.array<string>(element, { maxLength: 40 }), async (given) => {
      expect(await readBack(type, encode(given))).toEqual(given);
    }),
    { numRuns: 100 },
  );
});
