import { isRefusal } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import { readTerms, type RolloutOptions } from './rollout-terms.ts';

const options: RolloutOptions = {
  ...{ salt: 'spring', stages: 'shadow,5,25,100', runs: 1_000 },
  ...{ failures: '0', moved: ['10.00 USD'], every: 10 },
};

describe('terms of a rollout on the command line', () => {
  test('are read exactly', () => {
    const moved = ['10.00 USD', ' 5 JPY '];
    const stages = 'shadow, 0.001,5, 12.5,100';
    expect(readTerms({ ...options, stages, moved }, 'spring.rules')).toEqual({
      salt: 'spring',
      startedBy: 'spring.rules',
      stages: [null, 1, 5_000, 12_500, 100_000].map((reach) => ({ reach, fewestRuns: 1_000 })),
      gate: {
        failuresPerMillion: 0,
        moved: [
          { amount: '10.00', currency: 'USD' },
          { amount: '5', currency: 'JPY' },
        ],
      },
    });
  });

  test.each<[Partial<RolloutOptions>, string]>([
    [{ stages: '5%,' }, '--stages: "5%" is neither shadow nor a percentage; --stages: "" is'],
    [{ stages: '0.0001' }, '--stages: "0.0001" is neither shadow nor a percentage'],
    [{ stages: '25,5' }, 'stages[1]: expected to reach more than the stage before'],
    [{ stages: '101' }, 'stages[0]: expected a reach of 1 to 100000'],
    [{ moved: [] }, '--moved: say how much money may move in a stage'],
    [{ moved: ['10'] }, '--moved: "10" is no amount such as "10.00 USD"'],
    [{ moved: ['1.0 USD'] }, '--moved: "1.0 USD" is no amount such as "10.00 USD"'],
    [{ failures: 'no' }, '--failures: "no" is no count in a million'],
    [{ every: 86_401 }, '--every: expected at most 86400 seconds'],
    [{ salt: '' }, 'salt: expected a text'],
  ])('like %j are told to be wrong', (wrong, says) => {
    const refusal = readTerms({ ...options, ...wrong }, 'spring.rules');
    expect(isRefusal(refusal) && refusal.code).toBe('ROLLOUT_TERMS_INVALID');
    expect(isRefusal(refusal) && refusal.message).toContain(says);
  });
});
