import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Route } from './choose-sub-account.ts';
import { decideRoute } from './decide-route.ts';
import { totalOf } from './main-account-state.ts';
import { equalShares, planRedistribution } from './plan-redistribution.ts';
import { defaultRule, type SettlementRule } from './settlement-rule.ts';

const rule = defaultRule(100n);

describe('claim 4: what becomes of a task', () => {
  test.each<[string, bigint[], bigint, Partial<SettlementRule>, string]>([
    ['enough are healthy: routed', [100n, 100n], 10n, {}, 'route'],
    ['too few are healthy: redistribute first', [100n, 99n], 10n, {}, 'redistribute'],
    ['more than the total: refused at once', [100n, 99n], 200n, {}, 'insufficient'],
    ['sum below the threshold, drain: routed', [50n, 49n], 99n, {}, 'route'],
    [
      'sum below the threshold, refuse: refused though covered',
      [50n, 49n],
      1n,
      { whenInsufficient: 'refuse' },
      'insufficient',
    ],
    [
      'sum at the threshold, refuse: goes on',
      [100n],
      100n,
      { whenInsufficient: 'refuse' },
      'route',
    ],
  ])('%s', (_, balancesMinor, amountMinor, change, kind) => {
    const request = { sequence: 0n, balancesMinor, amountMinor, rule: { ...rule, ...change } };
    expect(decideRoute(request).kind).toBe(kind);
  });
});

interface Drain {
  readonly refusals: readonly { readonly totalMinor: bigint; readonly amountMinor: bigint }[];
  readonly routes: readonly {
    readonly route: Route;
    readonly size: number;
    readonly sequence: bigint;
  }[];
  readonly redistributions: number;
  readonly leftMinor: bigint;
}

/** Draws until nothing is left; a draw that is refused is followed by one of all that is left. */
function drain(balances: readonly bigint[], draws: readonly bigint[], by: SettlementRule): Drain {
  let held = [...balances];
  let redistributions = 0;
  const refusals: { totalMinor: bigint; amountMinor: bigint }[] = [];
  const routes: { route: Route; size: number; sequence: bigint }[] = [];
  let amountMinor = draws[0]!;
  for (let sequence = 0n; totalOf(held) > 0n;) {
    const decision = decideRoute({ sequence, balancesMinor: held, rule: by, amountMinor });
    if (decision.kind === 'redistribute') {
      const accounts = held.map((balanceMinor, number) => ({ code: `${number}`, balanceMinor }));
      const { thresholdMinor } = by;
      const plan = planRedistribution({ accounts, thresholdMinor, newCode: (n) => `new${n}` });
      held = [...plan.sharesMinor];
      redistributions += 1;
      continue;
    }
    if (decision.kind === 'insufficient') {
      refusals.push({ totalMinor: totalOf(held), amountMinor });
      amountMinor = totalOf(held);
      continue;
    }
    for (const part of decision.route) held[part.number] = held[part.number]! - part.amountMinor;
    routes.push({ route: decision.route, size: held.length, sequence });
    sequence += 1n;
    amountMinor = draws[Number(sequence % BigInt(draws.length))]!;
  }
  return { refusals, routes, redistributions, leftMinor: totalOf(held) };
}

const threshold = 1_000n;
const someDraws = (maxMinor: bigint): fc.Arbitrary<bigint[]> =>
  fc.array(fc.bigInt({ min: 1n, max: maxMinor }), { minLength: 5, maxLength: 50 });
const someSize = fc.integer({ min: 1, max: 64 });

describe('draining to empty with draws up to the threshold', () => {
  test('acting on the first weak one: none refused while covered, each on number j mod N', () => {
    fc.assert(
      fc.property(
        someSize,
        fc.integer({ min: 1, max: 4 }),
        someDraws(threshold),
        (size, full, draws) => {
          const start = equalShares(threshold * BigInt(size * full), size);
          const result = drain(start, draws, defaultRule(threshold));
          expect(result.leftMinor).toBe(0n);
          for (const refused of result.refusals) {
            expect(refused.totalMinor).toBeLessThan(refused.amountMinor);
          }
          expect(result.redistributions).toBeLessThanOrEqual(size - 1);
          for (const { route, size: active, sequence } of result.routes) {
            expect(route.map(({ number }) => number)).toEqual([Number(sequence % BigInt(active))]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('any preset share, any draws: none is refused while the total covers it', () => {
    const presets = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(someSize, presets, someDraws(threshold * 5n), (size, presetShareBps, draws) => {
        const start = equalShares(threshold * BigInt(size * 3), size);
        const result = drain(start, draws, { ...defaultRule(threshold), presetShareBps });
        expect(result.leftMinor).toBe(0n);
        for (const refused of result.refusals) {
          expect(refused.totalMinor).toBeLessThan(refused.amountMinor);
        }
        expect(result.redistributions).toBeLessThanOrEqual(size - 1);
      }),
      { numRuns: 60 },
    );
  });
});
