import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expectAnswer } from '@sluice/money';
import { parseRuleSet } from '@sluice/rule-engine';
import { formatRuleSetText, parseRuleSetText } from '@sluice/rule-engine/text';
import { describe, expect, test } from 'vitest';
import { csv, line } from '../testing/redemption-csv.ts';
import { runCli } from '../testing/run-cli.ts';
import { tempFile } from '../testing/temp-dir.ts';

const folder = fileURLToPath(new URL('../../../../config/rules/', import.meta.url));
const text = readFileSync(`${folder}complete-journey.rules`, 'utf8');

describe("the main job's rules", () => {
  test('are formatted', () => {
    expect(expectAnswer(formatRuleSetText(text))).toBe(text);
  });
});

const redemptions = csv(
  line(),
  line({ redemption_id: 'RED-2', coupon_value: '0.75', loyalty_discount: '0.00' }),
  line({ redemption_id: 'RED-3', coupon_value: '1.50' }),
);
const draft = text.replaceAll('"1.00"', '"0.60"');

describe('sluice rules', () => {
  test('check finds nothing wrong with them', async () => {
    const { code, output } = await runCli(['rules', 'check', `${folder}complete-journey.rules`]);
    expect({ code, output }).toEqual({
      code: 0,
      output: '1 rule set, 3 rules, 3 businesses: all is well\n',
    });
  });

  test('check --stored prints the stored form, which says the same', async () => {
    const args = ['rules', 'check', '--stored', `${folder}complete-journey.rules`];
    const stored: unknown = JSON.parse((await runCli(args)).output);
    expect(parseRuleSet(stored)).toEqual(expectAnswer(parseRuleSetText(text)));
  });

  test('check tells faults by line and column, and ends with 2', async () => {
    const file = tempFile('bad.rules', text.replace('line.quantity > 0', 'line.quantity > "0"'));
    const { code, output } = await runCli(['rules', 'check', file]);
    expect(code).toBe(2);
    expect(output).toMatch(
      /bad\.rules has 1 fault:\n {2}line \d+, column \d+: expected .*found text/,
    );
  });

  test('check tells what the linter finds, and ends with 1', async () => {
    const never = text.replace('line.quantity > 0', 'line.quantity > 0 && line.quantity < 1');
    const { code, output } = await runCli(['rules', 'check', tempFile('never.rules', never)]);
    expect(code).toBe(1);
    expect(output).toContain('ALWAYS_FALSE doubled-up-to-one v1');
  });

  test('check --format writes the file as the formatter has it', async () => {
    const file = tempFile('squeezed.rules', text.replaceAll(/\n +/g, ' '));
    expect((await runCli(['rules', 'check', '--format', file])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('explain tells what a redemption is given, why, and what would have to change', async () => {
    const file = tempFile('own.csv', redemptions);
    const { code, output } = await runCli(['rules', 'explain', file, 'RED-3']);
    expect(code).toBe(0);
    expect(output).toContain('coupon-discount: applied 1.50 USD by face-value v1');
    expect(output).toContain('coupon-match: not applied: coupon.value 1.50 USD not below 1.00 USD');
    expect(output).toContain('coupon.value is 1.50 USD: it must be from 0.01 USD to 0.99 USD');
  });

  test('simulate sums up what the rules give', async () => {
    const file = tempFile('own.csv', redemptions);
    const { code, output } = await runCli(['rules', 'simulate', file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(output.trim().split('\n').at(-1)!)).toEqual({
      redemptions: 3,
      refused: 0,
      rows: [
        {
          business: 'coupon-discount',
          outcome: 'applied by face-value v1',
          runs: 3,
          money: ['2.75 USD'],
        },
        {
          business: 'coupon-match',
          outcome: 'applied by doubled-up-to-one v1',
          runs: 2,
          money: ['0.75 USD'],
        },
        { business: 'coupon-match', outcome: 'not-applied', runs: 1, money: [] },
        {
          business: 'loyalty-discount',
          outcome: 'applied by loyalty-price-cut v1',
          runs: 2,
          money: ['0.40 USD'],
        },
        { business: 'loyalty-discount', outcome: 'not-applied', runs: 1, money: [] },
      ],
    });
  });

  test('diff tells how often a draft differs, and by how much money', async () => {
    const own = tempFile('own.csv', redemptions);
    const { code, output } = await runCli(['rules', 'diff', own, tempFile('draft.rules', draft)]);
    expect(code).toBe(0);
    expect(output).toContain('2 of 3 redemptions differ');
    expect(output).toContain('the draft gives -0.65 USD more; 0.65 USD move');
    expect(output).toContain('RED-1: 0.50 USD; by the draft applied 0.10 USD');
  });

  test.each([
    [['rules', 'explain', 'no.csv', 'x'], 'FILE_UNREADABLE'],
    [['rules', 'check', 'no.rules'], 'FILE_UNREADABLE'],
    [['rules', 'simulate', '.', '--rules', 'no.json'], 'FILE_UNREADABLE'],
  ])('answers %j with what is wrong, and exit code 2', async (args, says) => {
    const { code, errors } = await runCli(args);
    expect(code).toBe(2);
    expect(errors).toContain(says);
  });
});
