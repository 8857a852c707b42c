import { describe, expect, test } from 'vitest';
import { refuseTerms } from './rollout-terms.ts';
import type { RolloutTerms } from './rollout.ts';

const terms: RolloutTerms = {
  salt: 'spring',
  stages: [
    { reach: null, fewestRuns: 10 },
    { reach: 5_000, fewestRuns: 10 },
    { reach: 100_000, fewestRuns: 1_000_000_000 },
  ],
  gate: { failuresPerMillion: 0, moved: [{ amount: '0.00', currency: 'USD' }] },
  startedBy: 'a test',
};
const usd = (amount: string): { amount: string; currency: string } => ({ amount, currency: 'USD' });

describe('terms of a rollout', () => {
  test('that can be kept are not refused', () => {
    expect(refuseTerms(terms)).toBeNull();
    expect(refuseTerms({ ...terms, stages: [{ reach: 1, fewestRuns: 1 }] })).toBeNull();
  });

  test.each<[Partial<RolloutTerms>, readonly unknown[]]>([
    [{ salt: '' }, ['salt: expected a text']],
    [{ stages: [] }, ['stages: expected one that reaches somebody']],
    [{ stages: [{ reach: null, fewestRuns: 1 }] }, ['stages: expected one that reaches somebody']],
    [
      { stages: [9, 9].map((reach) => ({ reach, fewestRuns: 1 })) },
      ['stages[1]: expected to reach more than the stage before'],
    ],
    [
      { stages: [5, null].map((reach) => ({ reach, fewestRuns: 0 })) },
      [
        'stages[0]: expected 1 to 1000000000 runs',
        'stages[1]: expected 1 to 1000000000 runs',
        'stages[1]: shadow comes first',
      ],
    ],
    [
      { stages: [{ reach: 100_001, fewestRuns: 1.5 }] },
      ['stages[0]: expected 1 to 1000000000 runs', 'stages[0]: expected a reach of 1 to 100000'],
    ],
    [
      { gate: { failuresPerMillion: -1, moved: [usd('-1.00'), usd('1.00')] } },
      [
        'gate.failuresPerMillion: expected 0 to 1000000',
        'gate.moved: -1.00 is below zero',
        'gate.moved: a currency is named twice',
      ],
    ],
    [
      { gate: { failuresPerMillion: 0, moved: [usd('1.0')] } },
      ['gate.moved: "1.0" is not an amount of USD: write it like 12.30'],
    ],
  ])('like %j are refused, every fault told', (wrong, faults) => {
    expect(refuseTerms({ ...terms, ...wrong })).toMatchObject({
      code: 'ROLLOUT_TERMS_INVALID',
      details: { faults },
    });
  });
});
