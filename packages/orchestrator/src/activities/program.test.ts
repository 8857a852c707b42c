import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configFolder } from '../testing/test-system.ts';
import { loadProgram } from './program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-program-'));
  await cp(configFolder, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(folder, file), text.replaceAll(from, to));
}

describe('a program', () => {
  test('is read with its rules, in the order in which discounts are decided', async () => {
    const program = await loadProgram(folder);
    expect(program.discounts.map(({ kind }) => kind)).toEqual(['coupon', 'match', 'loyalty']);
    expect(program.institution).toBe('complete-journey');
  });

  test.each([
    ['lacks a field', 'program.json', '"institution"', '"instituton"', 'PROGRAM_INVALID'],
    ['names a business without rules', 'program.json', 'coupon-match', 'match', 'PROGRAM_INVALID'],
    [
      'has a rule that is none',
      'rules/complete-journey.rules',
      '> 0',
      '> "0"',
      'RULE_TEXT_INVALID',
    ],
    [
      'has a booking rule that is none',
      'booking-rules.json',
      '"debit"',
      '"debt"',
      'BOOKING_RULES_INVALID',
    ],
    [
      'does not say how to book a kind of subsidy',
      'booking-rules.json',
      'subsidy.match',
      'subsidy.other',
      'BUSINESS_TYPE_UNKNOWN',
    ],
    [
      'does not say how to book the platform fee',
      'booking-rules.json',
      'fee.platform',
      'fee.other',
      'BUSINESS_TYPE_UNKNOWN',
    ],
    [
      'names no tariff for the platform fee',
      'program.json',
      '"platformFee"',
      '"fee"',
      'PROGRAM_INVALID',
    ],
    [
      'does not say how to book a payout that comes back',
      'booking-rules.json',
      'payout.returned',
      'payout.back',
      'BUSINESS_TYPE_UNKNOWN',
    ],
    [
      'has booking rules of another institution',
      'program.json',
      '"complete-journey"',
      '"another"',
      'INSTITUTION_UNKNOWN',
    ],
  ])('that %s is refused before any worker starts', async (_, file, from, to, code) => {
    await change(file, from, to);
    await expect(loadProgram(folder)).rejects.toMatchObject({ refusal: { code } });
  });

  test('may book by rules that demand more than the institution', async () => {
    const institution = '"institution": "complete-journey",';
    await change('booking-rules.json', institution, `${institution} "when": { "pool": "july" },`);
    const { bookingRules } = await loadProgram(folder);
    expect(bookingRules.subSets.get('payout.owed')?.rules[0]?.demands).toHaveLength(1);
  });

  test('whose file is no JSON is refused by its path', async () => {
    await writeFile(join(folder, 'booking-rules.json'), '{');
    await expect(loadProgram(folder)).rejects.toThrow('booking-rules.json cannot be read as JSON');
  });
});
