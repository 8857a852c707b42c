import { describe, expect, test } from 'vitest';
import { stateOf, type Standing } from './main-account-state.ts';
import { defaultRule } from './settlement-rule.ts';

describe('claims 1 and 4: the state by the share of sub-accounts at or above threshold 1', () => {
  test.each<[string, bigint[], number, Standing['state'], number]>([
    ['all healthy', [100n, 100n, 100n], 10_000, 'normal', 10_000],
    ['one below, act at once', [100n, 99n, 100n], 10_000, 'redistribute', 6_666],
    ['one below, half is enough', [100n, 99n, 100n], 5_000, 'normal', 6_666],
    ['share equal to the preset value', [100n, 0n], 5_000, 'normal', 5_000],
    ['share just below the preset value', [100n, 0n], 5_001, 'redistribute', 5_000],
    ['two of three against a preset of 6,666', [100n, 100n, 0n], 6_666, 'normal', 6_666],
    ['two of three against a preset of 6,667', [100n, 100n, 0n], 6_667, 'redistribute', 6_666],
    ['preset zero never acts', [99n, 99n], 0, 'normal', 0],
    ['sum at the threshold, spread out', [50n, 50n], 10_000, 'redistribute', 0],
    ['sum below the threshold', [50n, 49n], 10_000, 'insufficient', 0],
    ['one left, at the threshold', [100n], 10_000, 'normal', 10_000],
    ['one left, below the threshold', [99n], 10_000, 'insufficient', 0],
    ['empty', [0n, 0n], 0, 'insufficient', 0],
  ])('%s', (_, balancesMinor, presetShareBps, state, shareBps) => {
    const standing = stateOf(balancesMinor, { ...defaultRule(100n), presetShareBps });
    const totalMinor = balancesMinor.reduce((left, right) => left + right);
    expect(standing).toEqual({ state, shareBps, totalMinor });
  });
});

test("with the abstract's boundary a share that equals the preset value redistributes", () => {
  const rule = { ...defaultRule(100n), presetShareBps: 5_000, boundary: 'at-or-below' } as const;
  expect(stateOf([100n, 0n], rule).state).toBe('redistribute');
  expect(stateOf([100n, 100n, 0n], rule).state).toBe('normal');
});

test('a generation without sub-accounts is a bug', () => {
  expect(() => stateOf([], defaultRule(1n))).toThrow(RangeError);
});
