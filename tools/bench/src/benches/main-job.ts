import type { Summary } from '@sluice/cli';
import { join } from 'node:path';
import type { Bench, BenchContext, Row } from '../frame/bench.ts';
import { startProgram } from '../servers/child-program.ts';
import { JobClock } from './job-clock.ts';

const fourWeeks = '27-30';
/** A single day of the data. */
const leastWeek = '1';
const keptLines = 20;

/** The main job as a newcomer runs it, from nothing to the last payout. */
export const mainJob: Bench = {
  name: 'main-job',
  measures: 'seconds that `npm start -- --weeks 27-30 --exit` takes with everything in the cache',
  rounds: 1,
  servers: 'own',
  async *run(context) {
    const { quick, rounds, note } = context;
    const weeks = quick ? leastWeek : fourWeeks;
    for (let round = 1; round <= rounds; round += 1) {
      const stateDir = join(context.folder, `state-${round}`);
      const { rows, summary } = await runOnce(context, weeks, stateDir);
      if (round === 1) note(describe(summary));
      yield rows;
    }
  },
};

async function runOnce(
  { env, progress, defer }: BenchContext,
  weeks: string,
  stateDir: string,
): Promise<{ readonly rows: readonly Row[]; readonly summary: Summary }> {
  const clock = new JobClock(performance.now());
  const said: string[] = [];
  const job = startProgram({
    script: 'apps/cli/src/main.ts',
    args: ['start', '--weeks', weeks, '--exit', '--json'],
    env: { ...env, SLUICE_STATE_DIR: stateDir },
    onLine(line) {
      const step = clock.hear(line, performance.now());
      if (step !== null) progress(step);
      said.push(line);
      if (said.length > keptLines) said.shift();
    },
  });
  defer(() => job.stop());
  const { code, lastLine } = await job.ended;
  const rows = clock.end(performance.now());
  if (code !== 0) throw new Error(`the main job ended with ${code}:\n${said.join('\n')}`);
  return { rows, summary: JSON.parse(lastLine) as Summary };
}

function describe({ data, lines, payouts }: Summary): string {
  const paid = Object.values(payouts.byState).reduce((sum, count) => sum + count, 0);
  return (
    `weeks ${data.weeks} of the ${data.source} data: ${lines.discounted.toLocaleString('en')} ` +
    `redemptions, ${paid.toLocaleString('en')} payouts`
  );
}
