import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explanationText } from './explanation-text.ts';

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the documentation shows the example that runs', () => {
  const example = /```ts\n(.*?)```\n/s.exec(text('../../../docs/booking.md'))?.[1];
  const runs = text('../../testing/booking-example.ts').replace('../index.ts', '@sluice/ledger');
  expect(example).toBe(runs);
});

test('the example gives what the documentation says', async () => {
  const { explanation, rules } = await import('../../testing/booking-example.ts');
  expect(rules.version).toBe(2);
  expect(explanation.entries.map(({ amount, expression }) => [amount, expression])).toEqual([
    ['2.50 USD', '2.5 % of drawn'],
    ['97.70 USD', 'drawn - 2.5 % of drawn'],
  ]);
  expect(explanationText(explanation)).toContain(
    'subSets[0].rules[1] wins: it demands the most of those that match: channel=app',
  );
});
