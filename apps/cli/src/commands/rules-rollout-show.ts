import type { Database } from '@sluice/database';
import type { WireMoney } from '@sluice/money';
import { heldAgainstGate, reportOf } from '@sluice/orchestrator/activities';
import { hasEnded, listRollouts, sumRolloutRuns, type Rollout } from '@sluice/rulebook';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { openData } from '../session/open-session.ts';
import { grouped } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

type Report = ReturnType<typeof reportOf>;

/** A rollout with what was counted in each of its steps. */
interface Shown {
  readonly rollout: Rollout;
  readonly reports: readonly Report[];
}

const noRollout =
  'There is no rollout yet: sluice rules rollout start DRAFT --salt SALT --moved "10.00 USD" ' +
  'begins one.';

/** Shows the rollouts that are under way, and the last one of each set; or those of one set. */
export async function showRollouts(
  config: CliConfig,
  setId: string | undefined,
  { json }: { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const session = await openData(config, terminal);
  try {
    const shown = await read(session.database, setId ?? null);
    if (shown.length === 0) terminal.line(noRollout);
    for (const one of shown) print(terminal, one);
    if (json) process.stdout.write(`${JSON.stringify({ rollouts: shown.map(toJson) })}\n`);
    return exitCodes.fine;
  } finally {
    await session.close();
  }
}

async function read(database: Database, setId: string | null): Promise<readonly Shown[]> {
  const all = await listRollouts(database, setId);
  const seen = new Set<string>();
  const shown: Shown[] = [];
  for (const rollout of all) {
    if (setId === null && seen.has(rollout.setId) && hasEnded(rollout)) continue;
    seen.add(rollout.setId);
    const { rolloutId, steps } = rollout;
    const sums = steps.map(({ number }) => sumRolloutRuns(database, { rolloutId, step: number }));
    shown.push({ rollout, reports: (await Promise.all(sums)).map(reportOf) });
  }
  return shown;
}

function print(terminal: Terminal, { rollout, reports }: Shown): void {
  const { rolloutId, state, reason, baseVersion, salt, startedBy, startedAt, gate } = rollout;
  terminal.heading(`Rollout ${rolloutId}, ${state}`);
  terminal.item('  ', reason);
  const most = gate.moved.map(({ amount, currency }) => `${grouped(amount)} ${currency}`);
  terminal.item(
    '  ',
    `from v${baseVersion}, salt "${salt}", begun by ${startedBy} at ${startedAt}; at most ` +
      `${most.join(', ')} may move, and ${gate.failuresPerMillion} runs in a million fail`,
  );
  if (rollout.steps.length === 0) {
    terminal.line('  Nothing has begun yet: it does while a worker runs (npm start).');
    return;
  }
  terminal.table(
    [
      { title: 'step', figures: true },
      { title: 'stage' },
      { title: 'version' },
      { title: 'runs', figures: true },
      { title: 'differ', figures: true },
      { title: 'fail', figures: true },
      { title: 'more given', figures: true },
      { title: 'moved', figures: true },
      { title: 'gate', cuttable: true },
      { title: 'why', cuttable: true, spare: 1 },
    ],
    rollout.steps.map((step, index) => {
      const report = reports[index];
      return [
        ...[`${step.number}`, stageText(step), step.version === null ? '' : `v${step.version}`],
        ...(report === undefined ? [] : figures(report)),
        ...[verdictText(rollout, index, report), step.why],
      ];
    }),
  );
}

function figures(report: Report): readonly string[] {
  const { runs, disagreements, failures, difference, moved } = report;
  return [
    ...[grouped(runs), share(disagreements, runs), share(failures, runs)],
    ...[amounts(difference), amounts(moved)],
  ];
}

function share(count: number, runs: number): string {
  return count === 0 ? '0' : `${grouped(count)} (${((100 * count) / runs).toFixed(2)} %)`;
}

function amounts(all: readonly WireMoney[]): string {
  return all.map(({ amount, currency }) => `${grouped(amount)} ${currency}`).join(', ');
}

function stageText({ stage, reach }: Rollout['steps'][number]): string {
  if (stage === null) return 'back';
  return reach === null ? 'shadow' : `${reach / 1_000} %`;
}

function verdictText(rollout: Rollout, index: number, report: Report | undefined): string {
  if (report === undefined || rollout.steps[index]?.stage === null) return '';
  const steps = rollout.steps.slice(0, index + 1);
  const { verdict, reason } = heldAgainstGate({ ...rollout, steps }, report);
  return `${verdict}: ${reason}`;
}

function toJson({ rollout: { draft: _draft, ...rollout }, reports }: Shown): object {
  const steps = rollout.steps.map((step, index) => ({ ...step, report: reports[index] }));
  return { ...rollout, steps };
}
