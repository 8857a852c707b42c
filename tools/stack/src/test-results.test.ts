import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { summaryLine, sumResults } from './test-results.ts';
import { tempDir } from './testing/temp-dir.ts';

interface Counts {
  readonly passed?: number;
  readonly failed?: number;
  readonly pending?: number;
  readonly broken?: number;
}

function project({ passed = 0, failed = 0, pending = 0, broken = 0 }: Counts): string {
  const dir = tempDir();
  mkdirSync(join(dir, 'test-results'));
  const testResults = Array.from({ length: broken }, () => ({
    status: 'failed',
    assertionResults: [],
  }));
  const report = {
    success: failed + broken === 0,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: 0,
    testResults,
  };
  writeFileSync(join(dir, 'test-results', 'results.json'), JSON.stringify(report));
  return dir;
}

describe('sumResults', () => {
  it('adds up all projects, and ignores one without a report', () => {
    const dirs = [project({ passed: 3 }), project({ passed: 2, failed: 1 }), tempDir()];
    expect(sumResults(dirs)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  it('counts a file that cannot be loaded as a failure', () => {
    expect(sumResults([project({ passed: 3, broken: 2 })]).failed).toBe(2);
  });
});

describe('summaryLine', () => {
  it('names skipped tests only when there are some', () => {
    expect(summaryLine({ passed: 7, failed: 0, skipped: 0 })).toBe('7 passed, 0 failed');
    expect(summaryLine({ passed: 7, failed: 1, skipped: 2 })).toBe('7 passed, 1 failed, 2 skipped');
  });
});
