import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  differencesOf,
  maxTillDecisionLength,
  readTillDecision,
  tillDecisionText,
  type TillDecision,
} from './till-decision.ts';

const nothing = '{"layer":null,"outcome":"not-applied","rule":null,"value":null}';
const decision: TillDecision = {
  at: '2017-07-03',
  device: 'till-1',
  unit: null,
  ruleSets: [
    { id: 'a', version: 2 },
    { id: 'a.b', version: 1 },
  ],
  records: new Map([
    ['coupon-discount', nothing],
    ['loyalty', nothing.replace('null', '"base"')],
  ]),
};
const text =
  `{"at":"2017-07-03","decisions":{"coupon-discount":${nothing},` +
  `"loyalty":${nothing.replace('null', '"base"')}},"device":"till-1",` +
  '"rules":["a.b@1","a@2"],"unit":null}';

function faultsOf(changed: string): unknown {
  const answer = readTillDecision(changed);
  return isRefusal(answer) ? answer.details['faults'] : 'none';
}

describe("a till's decision as text", () => {
  test('is canonical JSON, whatever the order it was given in', () => {
    expect(tillDecisionText(decision)).toBe(text);
    const turned = {
      ...decision,
      ruleSets: decision.ruleSets.toReversed(),
      records: new Map([...decision.records].toReversed()),
    };
    expect(tillDecisionText(turned)).toBe(text);
  });

  test('is read as it was written, with every record byte for byte', () => {
    const read = readTillDecision(text);
    if (isRefusal(read)) throw new Error(read.message);
    expect(read.records).toEqual(decision.records);
    expect(read.ruleSets.map(({ id, version }) => `${id} v${version}`)).toEqual(['a.b v1', 'a v2']);
    expect(tillDecisionText(read)).toBe(text);
  });

  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,20}$/);
  const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const nameless = fc.option(anyText.filter((some) => !/\p{Control}/u.test(some)));

  test('comes back from reading, whatever is in it', () => {
    const any = fc.record({
      at: fc.constantFrom('2017-07-03', '0001-01-01'),
      device: nameless,
      unit: nameless,
      ruleSets: fc.uniqueArray(
        fc.record({ id: name, version: fc.integer({ min: 1, max: 2 ** 31 - 1 }) }),
        { selector: ({ id }) => id, maxLength: 5 },
      ),
      records: fc
        .dictionary(name, fc.dictionary(fc.string(), fc.string()))
        .map((records) =>
          Object.entries(records).map(([key, record]) => [key, JSON.stringify(record)] as const),
        ),
    });
    fc.assert(
      fc.property(any, ({ records, ...rest }) => {
        const written = tillDecisionText({ ...rest, records: new Map(records) });
        const read = readTillDecision(written);
        expect(isRefusal(read) ? read.message : tillDecisionText(read)).toBe(written);
      }),
    );
  });

  test.each<[string, string]>([
    ['', 'no JSON object'],
    ['{', 'no JSON object'],
    ['[]', 'no JSON object'],
    ['null', 'no JSON object'],
    [text.replace('"unit":null', '"unit":null,"x":1'), 'unknown key "x"'],
    [text.replace('"unit":null', '"unit":null,"__proto__":1'), 'unknown key "__proto__"'],
    [
      text.replace(',"unit":null', ''),
      'unit: expected a text of 1 to 1000 characters or null, found none',
    ],
    [
      text.replace('"unit":null', '"unit":""'),
      'unit: expected a text of 1 to 1000 characters or null, found ""',
    ],
    [
      text.replace('"till-1"', '"a\\u0000"'),
      'device: expected a text of 1 to 1000 characters or null, found "a\\u0000"',
    ],
    [
      text.replace('"till-1"', '"\\ud800"'),
      'device: expected a text of 1 to 1000 characters or null, found "\\ud800"',
    ],
    [text.replace('2017-07-03', '2017-7-3'), 'at: expected a day, found "2017-7-3"'],
    [text.replace('["a.b@1","a@2"]', '{}'), 'rules: expected a list, found {}'],
    [
      text.replace('a@2', 'a'),
      'rules: expected a rule set and its version such as discounts@1, found "a"',
    ],
    [
      text.replace('a@2', 'a@02'),
      'rules: expected a rule set and its version such as discounts@1, found "a@02"',
    ],
    [
      text.replace('a@2', 'a@2147483648'),
      'rules: expected a rule set and its version such as discounts@1, found "a@2147483648"',
    ],
    [
      text.replace('a@2', 'a b@2'),
      'rules: expected a rule set and its version such as discounts@1, found "a b@2"',
    ],
    [text.replace('a@2', 'a.b@2'), 'rules: a.b is there twice'],
    [text.replace('"loyalty"', '"__proto__"'), 'decisions: "__proto__" is no business'],
    [
      text.replace(/"loyalty":\{[^}]*\}/, '"loyalty":[]'),
      'decisions: expected an object each, found []',
    ],
    [
      text.replace(/"decisions":\{.*\}\}/, '"decisions":7'),
      'decisions: expected an object, found 7',
    ],
  ])('%s is refused: %s', (changed, fault) => {
    expect(faultsOf(changed)).toEqual([fault]);
  });

  test.each([
    [text.replace(',', ', ')],
    [`${text} `],
    [text.replace('"a.b@1","a@2"', '"a@2","a.b@1"')],
    [text.replace('"at":"2017-07-03",', '').replace('{', '{"device":"till-1","at":"2017-07-03",')],
    [text.replace('"unit":null', '"unit":null,"unit":null')],
    [text.replace('till-1', 'till\\u002d1')],
    [text.replace('"value":null', '"value":1.0')],
  ])('in another form is refused: %s', (changed) => {
    expect(faultsOf(changed)).toEqual([
      'not in canonical form: keys and rules sorted, no spaces, each key once',
    ]);
  });

  test('is refused when it is too long', () => {
    const filler = 'x'.repeat(maxTillDecisionLength);
    expect(faultsOf(text.replace('"base"', `"${filler}"`))).toEqual([
      'longer than 8192 characters',
    ]);
  });

  test('never throws, and no refusal has what a database could not keep', () => {
    const deep = '['.repeat(4_000) + ']'.repeat(4_000);
    const part = fc.constantFrom(
      ...['\\u0000', '\\ud83d', '😀', '"', '{', '}', '1e999', deep, 'a@1', '\\', 'null'],
    );
    const broken = fc
      .tuple(
        fc.nat(text.length),
        fc.nat(20),
        fc.array(fc.oneof(part, fc.string()), { maxLength: 4 }),
      )
      .map(([at, cut, parts]) => text.slice(0, at) + parts.join('') + text.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(broken, fc.json(), fc.string()), (some) => {
        const answer = readTillDecision(some);
        if (!isRefusal(answer)) return;
        expect(JSON.stringify(answer)).not.toMatch(/(?<!\\)(\\\\)*\\u(0000|d[89a-f])/);
      }),
      { numRuns: 2_000 },
    );
    expect(faultsOf(text.replace(/"loyalty":\{[^}]*\}/, `"loyalty":{"a":${deep}}`))).toBe('none');
  });
});

test('differences are told business by business, the missing ones too', () => {
  const ours = new Map([
    ['coupon-discount', nothing],
    ['match', nothing],
  ]);
  expect(differencesOf(decision.records, decision.records)).toEqual([]);
  expect(differencesOf(decision.records, ours)).toEqual([
    { business: 'loyalty', till: nothing.replace('null', '"base"'), server: null },
    { business: 'match', till: null, server: nothing },
  ]);
});
