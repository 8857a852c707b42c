import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goodSet, ruleJson, setJson, usd, type Json } from '../../test/support.ts';
import {
  compileLayers,
  decide,
  layers,
  type Decision,
  type Layer,
  type RuleSet,
} from '../index.ts';

interface Drawn {
  readonly layer: Layer;
  readonly id: string;
  readonly kind: 'plain' | 'lock' | 'disable' | 'false';
  readonly from: string | null;
  readonly to: string | null;
}

const days = ['2017-01-01', '2017-06-01', '2018-01-01'];

function setOf(layer: Layer, rules: readonly Drawn[]): RuleSet {
  const json = rules.map(({ id, kind, from, to }): Json => {
    const dates = {
      ...(from === null ? {} : { effectiveFrom: from }),
      ...(to === null ? {} : { effectiveTo: to }),
    };
    if (kind === 'disable') return { id, version: 1, business: 'b', disable: true, ...dates };
    const then = { outcome: 'applied', value: usd('1.00') };
    const lock = kind === 'lock' ? { lock: true } : {};
    return ruleJson({ id, then, when: { bool: kind !== 'false' }, ...lock, ...dates });
  });
  const scope = layer === 'base' ? { level: layer } : { level: layer, id: 'x' };
  return goodSet(setJson(json, { id: `${layer}-set`, scope }));
}

function decideAll(sets: readonly RuleSet[], at: string): Decision {
  return decide(compileLayers(sets, 'b'), {}, at);
}

/** The laws as one would tell them: walk the layers of one rule, the widest first. */
function speaking(all: readonly Drawn[], id: string, at: string): Drawn | undefined {
  let speaks: Drawn | undefined;
  for (const layer of layers) {
    const here = all.find(
      (rule) =>
        rule.layer === layer &&
        rule.id === id &&
        (rule.from === null || rule.from <= at) &&
        (rule.to === null || at < rule.to),
    );
    if (here !== undefined && speaks?.kind !== 'lock') speaks = here;
  }
  return speaks;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  layer: fc.constantFrom(...layers),
  id: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom('plain', 'lock', 'disable', 'false'),
  from: fc.constantFrom(null, '2017-03-01'),
  to: fc.constantFrom(null, '2017-09-01'),
});
const anyRules = fc.uniqueArray(drawn, {
  selector: ({ layer, id }) => `${layer} ${id}`,
  maxLength: 12,
});

function setsOf(all: readonly Drawn[]): readonly RuleSet[] {
  return layers.map((layer) =>
    setOf(
      layer,
      all.filter((rule) => rule.layer === layer),
    ),
  );
}

describe('merging layers', () => {
  test('follows the laws of replace, disable and lock, rule by rule and day by day', () => {
    fc.assert(
      fc.property(anyRules, fc.constantFrom(...days), (all, at) => {
        const heard = ['a', 'b', 'c']
          .map((id) => speaking(all, id, at))
          .filter((rule) => rule !== undefined)
          .filter(({ kind }) => kind === 'plain' || kind === 'lock');
        const narrowest = layers
          .toReversed()
          .find((layer) => heard.some((rule) => rule.layer === layer));
        const { rule } = decideAll(setsOf(all), at);
        expect(rule?.layer).toBe(narrowest);
        const [first] = all.filter((each) => each.layer === narrowest && heard.includes(each));
        expect(rule?.id).toBe(first?.id);
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on the order in which sets are given', () => {
    fc.assert(
      fc.property(
        anyRules,
        fc.constantFrom(...days),
        fc.infiniteStream(fc.nat()),
        (all, at, dice) => {
          const sets = setsOf(all);
          const shuffled = sets
            .map((set) => ({ set, at: dice.next().value as number }))
            .sort((left, right) => left.at - right.at)
            .map(({ set }) => set);
          expect(decideAll(shuffled, at).toJSON()).toEqual(decideAll(sets, at).toJSON());
        },
      ),
    );
  });

  test('with a set that says nothing changes nothing', () => {
    fc.assert(
      fc.property(
        anyRules,
        fc.constantFrom(...layers),
        fc.constantFrom(...days),
        (all, layer, at) => {
          const sets = setsOf(all);
          const empty = goodSet({
            ...setJson([]),
            id: 'z',
            scope: layer === 'base' ? { level: layer } : { level: layer, id: 'x' },
          });
          expect(decideAll([...sets, empty], at).toJSON()).toEqual(decideAll(sets, at).toJSON());
        },
      ),
    );
  });

  test('the trace says whose doing a silence is', () => {
    const base = setOf('base', [
      { layer: 'base', id: 'a', kind: 'lock', from: null, to: null },
      { layer: 'base', id: 'b', kind: 'plain', from: null, to: null },
    ]);
    const user = setOf('user', [
      { layer: 'user', id: 'a', kind: 'plain', from: null, to: null },
      { layer: 'user', id: 'b', kind: 'disable', from: null, to: null },
    ]);
    const later = decideAll([user, goodSet({ ...setJson([]), id: 'z' }), base], days[0]!);
    expect(later.trace.filter(({ path }) => path === '').map(({ text }) => text)).toEqual([
      'a v1 kept out by v1 of the base set base-set, locked',
      'a v1 applied 1.00 USD',
    ]);
    const disabling = setOf('user', [
      { layer: 'user', id: 'b', kind: 'disable', from: null, to: null },
    ]);
    const plain = setOf('base', [{ layer: 'base', id: 'b', kind: 'plain', from: null, to: null }]);
    const { outcome, trace } = decideAll([disabling, plain], days[0]!);
    expect([outcome, trace.map(({ text }) => text)]).toEqual([
      'not-applied',
      ['b v1 disabled by v1 of the user set user-set'],
    ]);
  });
});
