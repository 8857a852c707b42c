import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Counts over all projects. */
export interface TestSum {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** The folders of all projects. */
export function projectDirs(root: string): readonly string[] {
  const parents = ['packages', 'apps', 'tools'].map((name) => join(root, name));
  const inside = parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)));
  return [...inside, join(root, 'test')].filter((dir) => existsSync(join(dir, 'package.json')));
}

/** A file that fails while it is loaded has no failed test, and is one failure all the same. */
function brokenFiles(report: Report): number {
  return report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
}

function sumOf(report: Report): TestSum {
  const failed = report.numFailedTests + brokenFiles(report);
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Adds up the reports of all projects; a project without one adds nothing. */
export function sumResults(dirs: readonly string[]): TestSum {
  const files = dirs.map((dir) => join(dir, 'test-results', 'results.json')).filter(existsSync);
  return files
    .map((file) => sumOf(JSON.parse(readFileSync(file, 'utf8')) as Report))
    .reduce(
      (a, b) => ({
        passed: a.passed + b.passed,
        failed: a.failed + b.failed,
        skipped: a.skipped + b.skipped,
      }),
      { passed: 0, failed: 0, skipped: 0 },
    );
}

/** The line that a run ends with. */
export function summaryLine({ passed, failed, skipped }: TestSum): string {
  const counts = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? counts : `${counts}, ${skipped} skipped`;
}
