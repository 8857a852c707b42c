import { describe, expect, test } from 'vitest';
import { faultsOfRate } from '../../testing/one-cell.ts';

const calls = { of: 'calls', unit: 'call', parts: 'exact' };

/** 0-10 at 0.10 and 1.00 flat, to 20 at 0.05 and 2.00 flat, above at 0.01. */
const tiers = [
  { to: '10', toIncluded: true, flat: '1.00', perUnit: '0.10' },
  { to: '20', toIncluded: true, flat: '2.00', perUnit: '0.05' },
  { to: null, perUnit: '0.01' },
];
const settings = { units: calls, tiers, zero: 'nothing', earlier: 'ignored' };
const graduated = { ...settings, flatDue: 'entered' };

describe('a rate that makes no sense is refused with what is wrong', () => {
  const withTiers = (list: readonly object[], more: object = {}): object => ({
    graduated: { ...graduated, tiers: list, ...more },
  });
  const cases: readonly (readonly [string, object, string])[] = [
    ['no model', {}, 'write exactly one of flat, '],
    ['two models', { flat: '1.00', perUnit: { price: '1', units: calls } }, 'write exactly one'],
    [
      'a package of nothing',
      { package: { price: '1', size: '0.0', started: 'free', units: calls } },
      'its size is 0',
    ],
    [
      'a minimum above the maximum',
      { flat: '1.00', minimum: '2.00', maximum: '1.99' },
      'the minimum 2.00 is above the maximum 1.99',
    ],
    [
      'tiers that fall',
      withTiers([tiers[1]!, tiers[0]!, tiers[2]!]),
      'tier 2 ends at 10, not above the end of tier 1, 20',
    ],
    ['a tier of nothing', withTiers([{ ...tiers[0], to: '0' }, tiers[2]!]), 'not above 0'],
    [
      'a tier without end before another',
      withTiers([tiers[2]!, tiers[1]!]),
      'tier 1 has no end, but tiers follow it',
    ],
    [
      'a bound that belongs to nobody',
      withTiers([{ to: '10', perUnit: '1' }, tiers[2]!]),
      'must say by "toIncluded" whether 10 belongs to it',
    ],
    [
      'an open end that is included',
      withTiers([{ ...tiers[2], toIncluded: true }]),
      'has no end to include',
    ],
    ['a last tier that ends', withTiers(tiers.slice(0, 2)), 'say "above"'],
    ['an "above" without end', withTiers(tiers, { above: 'refuse' }), 'drop "above"'],
    ['a tier without price', withTiers([{ to: null }]), 'tier 1 has no price'],
    ['a proportion of units', withTiers([{ to: null, proportion: '0.1' }]), 'use "perUnit"'],
    [
      'a unit price of the basis',
      { volume: { tiers: [{ to: null, perUnit: '1' }], zero: 'nothing', earlier: 'ignored' } },
      'use "proportion"',
    ],
    [
      'a first flat beside earlier units',
      withTiers(tiers, { zero: 'first-flat', earlier: 'counted' }),
      '"zero" must be "nothing"',
    ],
    [
      'a setting that is left out',
      { volume: { ...settings, zero: undefined } },
      'rates 1, volume, zero: ',
    ],
    ['a negative price', { perUnit: { price: '-1', units: calls } }, 'the price -1 is negative'],
    [
      'a rounding that does not fit',
      { flat: '1.00', rounding: { mode: 'up', scale: 3, stage: 'line' } },
      'rounding.scale 3 does not fit USD',
    ],
    [
      'a fault within',
      { greaterOf: [{ flat: '1.00' }, { flat: '-1.00' }] },
      'greaterOf: the flat amount -1.00 is negative',
    ],
    ['one to choose from', { greaterOf: [{ flat: '1.00' }] }, 'greaterOf'],
  ];
  test.each(cases)('%s', (_, line, problem) => {
    const [fault, ...more] = faultsOfRate(line);
    expect(fault).toContain(problem);
    expect(more.filter((text) => !text.includes('no rate'))).toEqual([]);
  });

  test('a rate that counts a dimension in another unit', () => {
    const dimensions = [
      {
        name: 'calls',
        type: 'number',
        unit: 'hour',
        decimals: 0,
        intervals: [{ from: '0', to: null }],
      },
    ];
    const rates = [{ cell: { calls: '*' }, perUnit: { price: '1', units: calls } }];
    const change = { dimensions, order: ['calls'], rates };
    expect(faultsOfRate({}, change)).toEqual([
      'rate 1: it counts calls in call, the dimension is in hour',
    ]);
  });
});
