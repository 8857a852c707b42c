import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { cells, csv, header, line } from '../testing/redemption-csv.ts';
import { tempFile } from '../testing/temp-dir.ts';
import { readRedemptionCsv } from './read-redemptions.ts';

/** What each row is: the id of a redemption, or what is wrong. */
async function rowsOf(content: string): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const batch of readRedemptionCsv(tempFile('own.csv', content))) {
    for (const { line: number, row } of batch) {
      rows.push(isRefusal(row) ? row.message : `line ${number}: ${row.id} of ${row.userId}`);
    }
  }
  return rows;
}

const first = line({ redemption_id: 'A' });
const last = line({ redemption_id: 'Z' });

describe('a redemption CSV', () => {
  test.each([
    ['as we write it', csv(first, last)],
    ['with CRLF', csv(first, last).replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${csv(first, last)}`],
    ['without a last line end', csv(first, last).trimEnd()],
    ['with every field in quotes', csv(first, last).replaceAll(/[^,\n]+/g, '"$&"')],
  ])('is read %s', async (_how, content) => {
    expect(await rowsOf(content)).toEqual(['line 2: A of 84', 'line 3: Z of 84']);
  });

  test('may have commas and quotes inside quoted fields', async () => {
    const row = line({ user_id: '"a ""b"", c"' });
    expect(await rowsOf(csv(row))).toEqual(['line 2: RED-1 of a "b", c']);
  });

  test('may bring what a till decided, quoted as RFC 4180 has it', async () => {
    const decided = '{"at":"2017-07-03","decisions":{},"device":null,"rules":["a@1"],"unit":null}';
    const names = [...header, 'till_decision'].join(',');
    const quoted = `"${decided.replaceAll('"', '""')}"`;
    const path = tempFile('own.csv', `${names}\n${first},${quoted}\n${last},\n`);
    const rows = [];
    for await (const batch of readRedemptionCsv(path)) rows.push(...batch);
    expect(rows).toMatchObject([
      { line: 2, row: { id: 'A', tillDecision: decided } },
      { line: 3, row: { id: 'Z', tillDecision: null } },
    ]);
  });

  test('may have empty lines, which are skipped and counted', async () => {
    expect(await rowsOf(csv('', first, '  ', last))).toEqual([
      'line 3: A of 84',
      'line 5: Z of 84',
    ]);
  });

  test('with a header alone has no rows', async () => {
    expect(await rowsOf(csv())).toEqual([]);
  });

  const leftOpen =
    'a quote is left open or stands inside a field: quote the whole field, ' +
    'write quotes in it twice, and keep it on one line';
  test.each([
    ['a quote that is left open', `"${first}`, leftOpen],
    ['a quote inside a field', first.replace('883916', '88"39"16'), leftOpen],
    ['text after a closing quote', first.replace('883916', '"883916"x'), leftOpen],
    ['too few fields', 'a,b', '2 fields, expected 12 as in the header'],
    ['too many fields', `${first},`, '13 fields, expected 12 as in the header'],
    ['a field that is wrong', line({ quantity: 'x' }), /quantity is "x", expected a whole/],
  ])('loses one row alone by %s', async (_fault, row, says) => {
    const rows = await rowsOf(csv(first, row, last));
    expect(rows).toHaveLength(3);
    expect([rows[0], rows[2]]).toEqual(['line 2: A of 84', 'line 4: Z of 84']);
    if (typeof says === 'string') expect(rows[1]).toBe(`line 3: ${says}`);
    else expect(rows[1]).toMatch(says);
  });

  test.each([
    ['is empty', '', /own\.csv is empty: the first line names the columns/],
    ['has empty lines alone', '\n\r\n', /own\.csv is empty/],
    ['has another header', 'id,amount\n1,2\n', /line 1: redemption_id is missing/],
    ['begins with an open quote', `"${csv(first)}`, /line 1: a quote is left open/],
  ])('is refused as a whole when it %s', async (_what, content, message) => {
    await expect(rowsOf(content)).rejects.toMatchObject({
      refusal: { code: 'CSV_HEADER_INVALID', message: expect.stringMatching(message) },
    });
  });

  test('is streamed: the first rows are there before the file is read', async () => {
    const many = Array.from({ length: 50_000 }, (_, index) =>
      cells({ redemption_id: `RED-${index}` }).join(','),
    );
    const path = tempFile('many.csv', `${header.join(',')}\n${many.join('\n')}\n`);
    let rows = 0;
    let largest = 0;
    for await (const batch of readRedemptionCsv(path)) {
      rows += batch.length;
      largest = Math.max(largest, batch.length);
    }
    expect(rows).toBe(50_000);
    expect(largest).toBeLessThan(1_000);
  });
});
