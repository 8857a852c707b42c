import { describe, expect, test } from 'vitest';
import { drawTable, type Column } from './table.ts';

const columns: readonly Column[] = [
  { title: 'source', cuttable: true },
  { title: 'mandate', figures: true },
  { title: 'left', figures: true, spare: 2 },
  { title: 'handling\nfee', figures: true, spare: 1 },
];
const rows = [
  ['brand-103', '459.38', '456.80', '0.08'],
  ['a-source-with-a-long-name', '1,000.00', '0.00', ''],
];
const widest = (table: string): number =>
  Math.max(...table.split('\n').map((line) => [...line].length));

describe('a table', () => {
  test('has its figures on the right, and a head over a line', () => {
    expect(drawTable(columns, rows, null).split('\n')).toEqual([
      '  source                      mandate    left  handling',
      '                                                    fee',
      '  ─────────────────────────  ────────  ──────  ────────',
      '  brand-103                    459.38  456.80      0.08',
      '  a-source-with-a-long-name  1,000.00    0.00',
    ]);
  });

  test('is whole where nobody watches, however wide', () => {
    expect(drawTable(columns, [['x'.repeat(300), '1', '2', '3']], null)).toContain('x'.repeat(300));
  });

  test('leaves out the spare columns, the highest first, where the terminal is narrow', () => {
    const heads = [56, 55, 54, 46, 38].map((width) => drawTable(columns, rows, width));
    expect(heads.map((table) => /left/.test(table))).toEqual([true, true, false, false, false]);
    expect(heads.map((table) => /handling/.test(table))).toEqual([true, true, true, false, false]);
  });

  test('cuts names in the middle when that was not enough', () => {
    const table = drawTable(columns, rows, 30);
    expect(table).toContain('a-source-…ong-name');
    expect(widest(table)).toBeLessThanOrEqual(30);
  });

  test.each([120, 100, 80, 60, 40, 30])('fits a terminal of %i columns', (width) => {
    expect(widest(drawTable(columns, rows, width))).toBeLessThanOrEqual(width);
  });

  test('without rows is its head', () => {
    expect(drawTable([{ title: 'pool' }], [], 80)).toBe('  pool\n  ────');
  });
});
