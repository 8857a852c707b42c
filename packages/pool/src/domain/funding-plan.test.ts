import { expectAnswer, isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { source } from '../testing/examples.ts';
import { planFunding } from './funding-plan.ts';
import type { FundingSource } from './funding-source.ts';

const brand = source('brand-1208', { serves: [{ kind: 'coupon', brand: '1208' }] });
const others = source('other-brands', { priority: 2 });
const match = source('match-fund', { serves: [{ kind: 'match' }] });
const bank = source('bank-line', {
  priority: 9,
  capacityMinor: 50_000n,
  serves: [{ kind: 'match' }, { kind: 'coupon' }],
});

function limits(sizeMinor: bigint, sources: readonly FundingSource[]): Record<string, bigint> {
  const { mandates } = expectAnswer(planFunding({ sizeMinor, sources }));
  return Object.fromEntries(mandates.map(({ source: { id }, limitMinor }) => [id, limitMinor]));
}

describe('planFunding', () => {
  test('a source that alone serves a purpose is chosen, even for a pool of nothing', () => {
    expect(Object.keys(limits(0n, [bank, others, match, brand]))).toEqual([
      'brand-1208',
      'match-fund',
      'other-brands',
    ]);
  });

  test('further sources are chosen by the waterfall until the size is reached', () => {
    expect(limits(3_000n, [bank, others, match, brand])).not.toHaveProperty('bank-line');
    expect(limits(3_001n, [bank, others, match, brand])).toEqual({
      'brand-1208': 1_000n,
      'match-fund': 1_000n,
      'other-brands': 1_000n,
      'bank-line': 3_001n,
    });
  });

  test('the authority over one source never exceeds the whole pool', () => {
    expect(limits(400n, [others, match])).toEqual({ 'match-fund': 400n, 'other-brands': 400n });
  });

  test('sources that do not reach the size are refused with what is missing', () => {
    expect(planFunding({ sizeMinor: 2_500n, sources: [others, match] })).toMatchObject({
      code: 'FUNDING_INSUFFICIENT',
      details: { sizeMinor: '2500', availableMinor: '2000', missingMinor: '500' },
    });
  });

  test.each([
    ['an id that is there twice', [brand, { ...match, id: 'brand-1208' }]],
    ['an account that is there twice', [brand, { ...match, account: brand.account }]],
    ['a capacity below zero', [source('a', { capacityMinor: -1n })]],
    ['a priority that is no whole number', [source('a', { priority: 1.5 })]],
    ['a day that does not exist', [source('a', { expiresOn: '2017-02-30' })]],
    ['a date in another form', [source('a', { expiresOn: '1.2.2017' })]],
    ['no purpose', [source('a', { serves: [] })]],
    ['no id', [source('')]],
    ['no account', [source('a', { account: '' })]],
  ])('%s is refused', (_title, sources) => {
    expect(planFunding({ sizeMinor: 1n, sources })).toMatchObject({
      code: 'FUNDING_SOURCE_INVALID',
    });
  });

  test('a plan reaches the size, serves every purpose, and holds nobody beyond capacity', () => {
    const one = fc.record({
      capacityMinor: fc.bigInt(0n, 1_000n),
      priority: fc.nat(3),
      expiresOn: fc.constantFrom(null, '2017-08-01', '2017-09-01'),
      serves: fc.array(
        fc.constantFrom({ kind: 'coupon' }, { kind: 'coupon', brand: '7' }, { kind: 'match' }),
        { minLength: 1 },
      ),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), fc.bigInt(0n, 5_000n), (overs, sizeMinor) => {
        const sources = overs.map((over, index) => source(`s${index}`, over));
        const plan = planFunding({ sizeMinor, sources });
        const total = sources.reduce((sum, { capacityMinor }) => sum + capacityMinor, 0n);
        expect(isRefusal(plan)).toBe(total < sizeMinor);
        if (isRefusal(plan)) return;
        const sum = plan.mandates.reduce((left, { limitMinor }) => left + limitMinor, 0n);
        expect(sum >= sizeMinor).toBe(true);
        const served = new Set(
          plan.mandates.flatMap((mandate) => mandate.source.serves.map((p) => JSON.stringify(p))),
        );
        for (const { serves } of sources) {
          for (const purpose of serves) expect(served).toContain(JSON.stringify(purpose));
        }
        for (const { source: chosen, limitMinor } of plan.mandates) {
          expect(limitMinor <= chosen.capacityMinor).toBe(true);
        }
      }),
    );
  });
});
