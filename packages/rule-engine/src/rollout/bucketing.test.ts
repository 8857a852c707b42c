import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { murmur3 } from '../../test/oracle.ts';
import {
  compiled,
  day,
  faultsOf,
  goodSet,
  ruleJson,
  setJson,
  type Json,
} from '../../test/support.ts';
import {
  compileRules,
  decide,
  parseRuleSet,
  ruleSetToJson,
  textValue,
  unitOf,
  withReach,
  type Units,
} from '../index.ts';
import { bucketOf } from '../runtime/bucket.ts';

const spring = { algorithm: 'murmur3-32-100000', salt: 'spring', from: 0, to: 100_000 } as const;

function rolloutRule(changes: Json = {}): Json {
  return ruleJson({ when: { rollout: { unit: { fact: 't' }, ...spring, ...changes } } });
}

describe('a bucket', () => {
  test.each([
    ['', 0x00000000n],
    ['hello', 0x248bfa47n],
    ['hello, world', 0x149bbb7fn],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723n],
  ])('comes of the published murmur3-32: %j', (text, hash) => {
    expect(murmur3(text)).toBe(hash);
  });

  test('is (hash * 100000) >> 32 of salt:unit in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (unit, salt) => {
        fc.pre(unit.isWellFormed() && salt.isWellFormed());
        const expected = (murmur3(`${salt}:${unit}`) * 100_000n) >> 32n;
        expect(BigInt(bucketOf({ ...spring, salt }, unit))).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('is the same for ever: known units keep theirs', () => {
    const buckets = ['user:ann', 'user:bob', 'device:till-1', 'élan'].map((unit) =>
      bucketOf(spring, unit),
    );
    expect(buckets).toEqual([28_414, 31_809, 88_850, 91_792]);
  });

  test('is uniform: chi-squared over 100 classes of 100,000 units, for several salts', () => {
    for (const salt of ['spring', 'summer', 'a', '2017']) {
      const counts = new Array<number>(100).fill(0);
      for (let n = 0; n < 100_000; n += 1) {
        const place = Math.floor(bucketOf({ ...spring, salt }, `user:${n}`) / 1_000);
        counts[place] = (counts[place] ?? 0) + 1;
      }
      const chiSquared = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
      // 99 degrees of freedom: beyond 148.2 in one case of a thousand.
      expect(chiSquared).toBeLessThan(148.2);
    }
  });

  test('of another salt is another draw', () => {
    let both = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const [first, second] = ['spring', 'summer'].map(
        (salt) => bucketOf({ ...spring, salt }, `${n}`) < 50_000,
      );
      if (first === true && second === true) both += 1;
    }
    expect(both).toBeGreaterThan(2_300);
    expect(both).toBeLessThan(2_700);
  });
});

const wanted = 'rules[0].when.rollout: expected whole numbers 0 <= from <= to <= 100000';

describe('a rollout in a rule', () => {
  const units = Array.from({ length: 3_000 }, (_, n) => `user:${n}`);
  const reached = (to: number, from = 0): Set<string> => {
    const rules = compiled(rolloutRule({ from, to }));
    return new Set(
      units.filter((unit) => decide(rules, { t: textValue(unit) }, day).outcome === 'applied'),
    );
  };

  test('reaches nobody at 0, all at 100,000, and its share between', () => {
    expect([reached(0).size, reached(100_000).size]).toEqual([0, 3_000]);
    expect(Math.abs(reached(25_000).size - 750)).toBeLessThan(90);
  });

  test('that grows lets nobody go, and two halves share nobody and miss nobody', () => {
    const [small, large] = [reached(10_000), reached(40_000)];
    expect([...small].filter((unit) => !large.has(unit))).toEqual([]);
    const rest = reached(100_000, 40_000);
    expect([...large].filter((unit) => rest.has(unit))).toEqual([]);
    expect(large.size + rest.size).toBe(3_000);
  });

  test('grows by a new version of the set, in conditions and values alike', () => {
    const rollout = { rollout: { unit: { fact: 't' }, ...spring, to: 10_000 } };
    const other = { rollout: { unit: { fact: 't' }, ...spring, salt: 'other', to: 1 } };
    const value = { if: { when: rollout, then: { bool: true }, else: other } };
    const set = goodSet(
      setJson([
        ruleJson({ when: { or: [rollout, other] }, then: { outcome: 'applied', value } }),
        ruleJson({ id: 'x', then: { outcome: 'not-applied' } }),
      ]),
    );
    const grown = withReach(set, { salt: 'spring', to: 70_000, version: 2 });
    const text = JSON.stringify(setJson([...set.rules], {}));
    expect(text).toContain('"to":10000');
    const changed = JSON.stringify(grown.rules);
    expect([
      grown.version,
      changed.match(/"to":70000/g)?.length,
      changed.match(/"to":1\b/g)?.length,
      changed.includes('"to":10000'),
    ]).toEqual([2, 2, 2, false]);
    const outcomes = units.map(
      (unit) => decide(compileRules(grown, 'b'), { t: textValue(unit) }, day).rule?.id,
    );
    expect(outcomes.filter((id) => id === 'r').length).toBe(reached(70_000).size);
  });

  test('that is drawn back behind its first bucket reaches nobody, and still loads', () => {
    const set = goodSet(setJson([rolloutRule({ from: 20_000, to: 50_000 })]));
    const back = withReach(set, { salt: 'spring', to: 10_000, version: 2 });
    expect(parseRuleSet(ruleSetToJson(back))).toEqual(back);
    const outcomes = units.map(
      (unit) => decide(compileRules(back, 'b'), { t: textValue(unit) }, day).outcome,
    );
    expect(new Set(outcomes)).toEqual(new Set(['not-applied']));
  });

  test('says in its trace who is in', () => {
    const { trace } = decide(
      compiled(rolloutRule({ to: 50_000 })),
      { t: textValue('user:ann') },
      day,
    );
    expect(trace[1]?.text).toBe('t "user:ann" in buckets 0 to 50000 of rollout "spring"');
  });

  test.each<[Json, string]>([
    [
      { algorithm: 'md5' },
      'rules[0].when.rollout.algorithm: expected murmur3-32-100000, found "md5"',
    ],
    [{ from: -1 }, `${wanted}, found from -1 to 100000`],
    [{ from: 9, to: 8 }, `${wanted}, found from 9 to 8`],
    [{ to: 100_001 }, `${wanted}, found from 0 to 100001`],
    [{ salt: '' }, 'rules[0].when.rollout.salt: expected a text of 1 to 1000 characters, found ""'],
    [{ unit: { fact: 'n' } }, 'rules[0].when.rollout.unit: expected text, found integer'],
    [{ seed: 1 }, 'rules[0].when.rollout: unknown key "seed": use unit, algorithm, salt, from, to'],
  ])('with %j is refused', (changes, fault) => {
    expect(faultsOf(setJson([rolloutRule(changes)]))).toContain(fault);
  });
});

describe('units', () => {
  const ann = { deviceId: 'till-1', userId: 'ann' };

  test('go over from the device to the user who logs in, without another bucket', () => {
    const before = unitOf({}, { deviceId: 'till-1', userId: null });
    const after = unitOf(before.units, ann);
    expect([before.unit, after.unit]).toEqual(['device:till-1', 'device:till-1']);
    expect(unitOf(after.units, { deviceId: 'till-2', userId: 'ann' }).unit).toBe('device:till-1');
  });

  test('are not handed on to the next user of the device', () => {
    const { units } = unitOf(unitOf({}, { deviceId: 'till-1', userId: null }).units, ann);
    expect(unitOf(units, { deviceId: 'till-1', userId: 'bob' }).unit).toBe('user:bob');
  });

  test('never change once given, whoever logs in and out, and no two users share one', () => {
    const identity = fc.record({
      deviceId: fc.constantFrom('d1', 'd2', '__proto__'),
      userId: fc.constantFrom(null, 'ann', 'bob', 'constructor'),
    });
    fc.assert(
      fc.property(fc.array(identity, { maxLength: 20 }), (visits) => {
        let units: Units = {};
        const given = new Map<string, string>();
        for (const visit of visits) {
          const found = unitOf(units, visit);
          units = JSON.parse(JSON.stringify(found.units)) as Units;
          const who = visit.userId === null ? `device ${visit.deviceId}` : `user ${visit.userId}`;
          expect(found.unit).toBe(given.get(who) ?? found.unit);
          given.set(who, found.unit);
        }
        const ofUsers = [...given]
          .filter(([who]) => who.startsWith('user'))
          .map(([, unit]) => unit);
        expect(new Set(ofUsers).size).toBe(ofUsers.length);
      }),
      { numRuns: 300 },
    );
  });
});
