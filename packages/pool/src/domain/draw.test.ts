import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { request, source } from '../testing/examples.ts';
import { evaluateDraws, type DrawRequest } from './draw.ts';
import type { FundingSource } from './funding-source.ts';
import type { PoolFunds } from './pool-funds.ts';

function fundsOf(sources: readonly FundingSource[], over: Partial<PoolFunds> = {}): PoolFunds {
  return {
    poolId: 'p',
    currency: 'USD',
    state: 'open',
    intermediaryAccount: 'pool:p',
    sizeMinor: 1_000_000n,
    drawnMinor: 0n,
    mandates: sources.map((each) => {
      return { source: each, limitMinor: each.capacityMinor, drawnMinor: 0n };
    }),
    ...over,
  };
}

/** `brand-1208 30, bank-line 20`, or the code of the refusal. */
function drawn(funds: PoolFunds, ...requests: readonly DrawRequest[]): readonly string[] {
  return evaluateDraws(funds, requests).outcomes.map((outcome) =>
    isRefusal(outcome)
      ? outcome.code
      : outcome.map(({ sourceId, amountMinor }) => `${sourceId} ${amountMinor}`).join(', '),
  );
}

const coupon1208 = [{ kind: 'coupon', brand: '1208' }];

describe('the waterfall', () => {
  test('runs by priority, then by expiry with what never lapses last, then by id', () => {
    const five = { capacityMinor: 5n };
    const sources = [
      source('d', five),
      source('c', five),
      source('e', { ...five, expiresOn: '2017-09-01' }),
      source('f', { ...five, expiresOn: '2017-08-01' }),
      source('a', { ...five, priority: 2 }),
      source('g', { ...five, priority: 0 }),
    ];
    const expected = ['g 5, f 5, e 5, c 5, d 5, a 2'];
    expect(drawn(fundsOf(sources), request('r', 27n))).toEqual(expected);
    expect(drawn(fundsOf(sources.toReversed()), request('r', 27n))).toEqual(expected);
  });

  test('gives one line per component and source, numbered through', () => {
    const funds = fundsOf([
      source('brand-1208', { serves: coupon1208 }),
      source('match-fund', { serves: [{ kind: 'match' }], capacityMinor: 10n }),
      source('bank-line', { serves: [{ kind: 'match' }], priority: 9 }),
    ]);
    const asked: DrawRequest = {
      redemptionId: 'r',
      sellerId: 's',
      components: [
        { kind: 'coupon', brand: '1208', amountMinor: 50n },
        { kind: 'handling-fee', brand: '1208', amountMinor: 0n },
        { kind: 'match', brand: null, amountMinor: 15n },
      ],
    };
    const { outcomes, funds: after } = evaluateDraws(funds, [asked]);
    expect(outcomes).toEqual([
      [
        { line: 1, sourceId: 'brand-1208', kind: 'coupon', amountMinor: 50n },
        { line: 2, sourceId: 'match-fund', kind: 'match', amountMinor: 10n },
        { line: 3, sourceId: 'bank-line', kind: 'match', amountMinor: 5n },
      ],
    ]);
    expect(after.drawnMinor).toBe(65n);
    expect(after.mandates.map(({ drawnMinor }) => drawnMinor)).toEqual([50n, 10n, 5n]);
  });

  test('a seller has no share of its own: what one does not use, another can', () => {
    const funds = fundsOf([source('fund', { capacityMinor: 100n })]);
    const requests = [{ ...request('r1', 5n), sellerId: 'quiet' }, request('r2', 95n)];
    expect(drawn(funds, ...requests)).toEqual(['fund 5', 'fund 95']);
  });

  test('a subsidy of nothing is paid without a line', () => {
    expect(drawn(fundsOf([]), request('r', 0n))).toEqual(['']);
  });
});

describe('whose money a component may take', () => {
  const brand = source('brand-1208', { serves: coupon1208, capacityMinor: 30n });
  const others = source('other-brands', { serves: [{ kind: 'coupon' }] });
  const bank = source('bank-line', { serves: [{ kind: 'match' }], priority: 9 });

  test('a coupon of a brand that is named falls neither to other brands nor to the bank', () => {
    const funds = fundsOf([brand, others, bank]);
    expect(drawn(funds, request('r1', 30n), request('r2', 1n))).toEqual([
      'brand-1208 30',
      'MANDATE_EXHAUSTED',
    ]);
  });

  test('unless a source behind it names the brand too', () => {
    const behind = { ...bank, serves: [...bank.serves, ...coupon1208] };
    expect(drawn(fundsOf([brand, others, behind]), request('r', 31n))).toEqual([
      'brand-1208 30, bank-line 1',
    ]);
  });

  test('a brand that nobody names, and no brand, fall to the source for any brand', () => {
    const funds = fundsOf([brand, others, bank]);
    const unnamed = request('r1', 5n, { brand: '7' });
    expect(drawn(funds, unnamed, request('r2', 5n, { brand: null }))).toEqual([
      'other-brands 5',
      'other-brands 5',
    ]);
  });

  test('naming a brand for one kind says nothing about another kind', () => {
    const funds = fundsOf([brand, source('match-fund', { serves: [{ kind: 'match' }] })]);
    expect(drawn(funds, request('r', 5n, { kind: 'match' }))).toEqual(['match-fund 5']);
  });
});

describe('refusals', () => {
  const scarce = [
    source('brand-1208', { serves: coupon1208, capacityMinor: 30n }),
    source('match-fund', { serves: [{ kind: 'match' }, { kind: 'loyalty' }], capacityMinor: 10n }),
  ];

  test.each([
    ['POOL_CLOSED', { state: 'closed' as const }, request('r', 1n)],
    ['NO_SOURCE', {}, request('r', 1n, { kind: 'gift' })],
    ['NO_SOURCE', { sizeMinor: 0n }, request('r', 1n, { brand: '7' })],
    ['POOL_EXHAUSTED', { sizeMinor: 4n }, request('r', 5n)],
    ['POOL_EXHAUSTED', { sizeMinor: 4n, drawnMinor: 1n }, request('r', 40n)],
    ['MANDATE_EXHAUSTED', {}, request('r', 31n)],
  ])('%s changes nothing', (code, over, asked) => {
    const funds = fundsOf(scarce, over);
    const { outcomes, funds: after } = evaluateDraws(funds, [asked]);
    expect(outcomes).toMatchObject([{ kind: 'refusal', code }]);
    expect(after).toEqual(funds);
  });

  test('an exhausted mandate says which sources there were and what they had left', () => {
    const asked: DrawRequest = {
      redemptionId: 'r',
      sellerId: 's',
      components: [
        { kind: 'coupon', brand: '1208', amountMinor: 20n },
        { kind: 'match', brand: null, amountMinor: 4n },
        { kind: 'loyalty', brand: null, amountMinor: 7n },
      ],
    };
    const { outcomes, funds } = evaluateDraws(fundsOf(scarce), [asked, request('r2', 30n)]);
    expect(outcomes[0]).toMatchObject({
      message:
        '0.07 USD is needed for loyalty, but the sources for it have 0.06 USD left ' +
        '(match-fund 0.06 USD)',
      details: { kind: 'loyalty', sources: ['match-fund'], neededMinor: '7', leftMinor: '6' },
    });
    expect(funds.drawnMinor).toBe(30n);
  });

  test('a smaller request still fits after a larger one was refused', () => {
    const funds = fundsOf(scarce);
    expect(drawn(funds, request('r1', 31n), request('r2', 30n))).toEqual([
      'MANDATE_EXHAUSTED',
      'brand-1208 30',
    ]);
  });

  test('a component below zero is a bug of the caller', () => {
    expect(() => evaluateDraws(fundsOf(scarce), [request('r', -1n)])).toThrow(RangeError);
  });
});

/** The waterfall as one would explain it: unit by unit, everything copied, nothing clever. */
function slowly(
  funds: PoolFunds,
  requests: readonly DrawRequest[],
): readonly (ReadonlyMap<string, bigint> | null)[] {
  let drawnBefore = new Map<string, bigint>();
  return requests.map(({ components }) => {
    const trial = new Map(drawnBefore);
    const lines = new Map<string, bigint>();
    for (const { kind, brand, amountMinor } of components) {
      for (let unit = 0n; unit < amountMinor; unit += 1n) {
        const all = [...trial.values()].reduce((left, right) => left + right, 0n);
        const named = funds.mandates.some(({ source: { serves } }) =>
          serves.some((purpose) => purpose.kind === kind && purpose.brand === (brand ?? 'none')),
        );
        const next = funds.mandates
          .filter(({ source: { serves } }) =>
            serves.some(
              (purpose) =>
                purpose.kind === kind && purpose.brand === (named ? (brand ?? '') : undefined),
            ),
          )
          .filter((mandate) => (trial.get(mandate.source.id) ?? 0n) < mandate.limitMinor)
          .sort((left, right) => left.source.priority - right.source.priority)[0];
        if (next === undefined || all >= funds.sizeMinor) return null;
        trial.set(next.source.id, (trial.get(next.source.id) ?? 0n) + 1n);
        lines.set(next.source.id, (lines.get(next.source.id) ?? 0n) + 1n);
      }
    }
    drawnBefore = trial;
    return lines;
  });
}

describe('any funds and any requests', () => {
  const purpose = fc.record(
    { kind: fc.constantFrom('coupon', 'match'), brand: fc.constantFrom('1', '2') },
    { requiredKeys: ['kind'] },
  );
  const component = fc.record({
    kind: fc.constantFrom('coupon', 'match'),
    brand: fc.constantFrom('1', '2', '3', null),
    amountMinor: fc.bigInt(0n, 12n),
  });
  const input = fc.record({
    sources: fc.array(
      fc.record({ serves: fc.array(purpose, { minLength: 1 }), capacityMinor: fc.bigInt(0n, 40n) }),
      { maxLength: 5 },
    ),
    sizeMinor: fc.bigInt(0n, 120n),
    requests: fc.array(fc.array(component, { maxLength: 3 }), { maxLength: 12 }),
  });

  test('agree with the slow model, source by source, and add up', () => {
    fc.assert(
      fc.property(input, ({ sources, sizeMinor, requests }) => {
        const funds = fundsOf(
          sources.map((over, index) => source(`s${index}`, { ...over, priority: 9 - index })),
          { sizeMinor },
        );
        const asked = requests.map((components, index) => {
          return { redemptionId: `r${index}`, sellerId: 's', components };
        });
        const { outcomes, funds: after } = evaluateDraws(funds, asked);
        expect(outcomes.map(bySource)).toEqual(slowly(funds, asked));
        const lines = outcomes.flatMap((outcome) => (isRefusal(outcome) ? [] : outcome));
        const total = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
        expect(after.drawnMinor).toBe(total);
        expect(total <= sizeMinor).toBe(true);
        for (const { source: from, drawnMinor, limitMinor } of after.mandates) {
          const own = lines.filter(({ sourceId }) => sourceId === from.id);
          expect(own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(drawnMinor);
          expect(drawnMinor <= limitMinor).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('one after the other is the same as all at once', () => {
    const fund = fundsOf([source('a', { capacityMinor: 50n }), source('b', { priority: 2 })], {
      sizeMinor: 90n,
    });
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 30n), { maxLength: 12 }), (amounts) => {
        const requests = amounts.map((amount, index) => request(`r${index}`, amount));
        const atOnce = evaluateDraws(fund, requests);
        let funds = fund;
        const apart = requests.flatMap((one) => {
          const step = evaluateDraws(funds, [one]);
          funds = step.funds;
          return step.outcomes;
        });
        expect(atOnce).toEqual({ outcomes: apart, funds });
      }),
    );
  });
});

function bySource(
  outcome: ReturnType<typeof evaluateDraws>['outcomes'][number],
): ReadonlyMap<string, bigint> | null {
  if (isRefusal(outcome)) return null;
  const sums = new Map<string, bigint>();
  for (const { sourceId, amountMinor } of outcome) {
    sums.set(sourceId, (sums.get(sourceId) ?? 0n) + amountMinor);
  }
  return sums;
}
