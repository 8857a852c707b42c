import { expect, test } from 'vitest';
import { JobClock } from './job-clock.ts';

test('steps take what the job says; the rest is what came before, between and after them', () => {
  const clock = new JobClock(1_000);
  const said: readonly (readonly [string, number])[] = [
    ['· starting PostgreSQL', 1_200],
    ['· starting a worker', 3_000],
    ['  pricing the weeks before: 112,687 redemptions in 2.0 s', 7_000],
    ['· opening pool cj-2017-w27 over 46 funding sources', 7_100],
    ['  bulk lane: 14,647 redemptions in 4.5 s', 12_000],
    ['  size 14537.82 (expected 8586.63), drawn 9711.63', 14_000],
    ['{"pool":"cj-2017-w27","name":"in 3 s"}', 14_100],
  ];
  const steps = said.map(([line, atMs]) => clock.hear(line, atMs));
  expect(steps).toEqual([
    'starting PostgreSQL',
    'starting a worker',
    'pricing the weeks before took 2.0 s',
    'opening pool cj-2017-w27 over 46 funding sources',
    'bulk lane took 4.5 s',
    null,
    null,
  ]);
  expect(clock.end(15_000)).toEqual([
    { name: 'in total', value: 14, unit: 's' },
    { name: 'before the first step', value: 4, unit: 's' },
    { name: 'pricing the weeks before', value: 2, unit: 's' },
    { name: 'bulk lane', value: 4.5, unit: 's' },
    { name: 'between the steps', value: 0.5, unit: 's' },
    { name: 'after the last step', value: 3, unit: 's' },
  ]);
});

test('a job that says nothing has a total all the same', () => {
  expect(new JobClock(0).end(2_000)[0]).toEqual({ name: 'in total', value: 2, unit: 's' });
});
