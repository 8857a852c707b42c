import type { Machine, Revision, Versions } from './machine.ts';
import type { BenchReport } from './run-benches.ts';
import { showResults } from './table.ts';

/** Everything that a run tells; with `--json` it is the last line. */
export interface Report {
  /** ISO 8601, when the run began. */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly revision: Revision | null;
  /** True for a run with `--quick`: its figures mean nothing. */
  readonly quick: boolean;
  readonly benches: readonly BenchReport[];
}

/** The report for people. */
export function showReport(report: Report): string {
  return [
    showHead(report),
    ...report.benches.map(({ name, measures, rounds, notes, results }) =>
      [
        `${name}: ${measures}`,
        ...notes.map((note) => `  ${note}`),
        `  ${rounds === 1 ? 'one round' : `median of ${rounds} rounds`}`,
        '',
        showResults(results),
      ].join('\n'),
    ),
  ].join('\n\n');
}

function showHead({ date, machine, versions, revision, quick }: Report): string {
  const { cpu, cores, memoryGiB, os, fileSystem, loadBefore } = machine;
  const code =
    revision === null
      ? 'revision unknown'
      : `revision ${revision.commit}${revision.dirty ? ' and changes that are not committed' : ''}`;
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}`,
    `data on ${fileSystem ?? 'an unknown file system'}, load before ${loadBefore}`,
    `Node ${versions.node}, PostgreSQL ${versions.postgresql}, Temporal ${versions.temporal}`,
    `${code}, ${date}`,
    ...(quick ? ['--quick: these figures mean nothing'] : []),
  ].join('\n');
}
