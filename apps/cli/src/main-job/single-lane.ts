import { readOutcomes } from '@sluice/pool';
import { workflowIds } from '@sluice/orchestrator';
import { refuse, UnexpectedRefusalError } from '@sluice/money';
import { pause } from '../session/pause.ts';
import { counted } from '../terminal/figures.ts';
import type { Job } from './job.ts';
import { manyAtOnce } from './many-at-once.ts';
import { watch } from './pay-sellers.ts';

const lookEveryMs = 200;
/** Without any news for so long, the workflows are asked whether they still run. */
const askAfterMs = 10_000;

/** Sends redemptions through the single lane, one workflow each, and waits for all outcomes. */
export async function runSingleLane(job: Job, redemptionIds: readonly string[]): Promise<void> {
  const { session, terminal, names, signal } = job;
  const { poolId, mainAccountId } = names;
  await terminal.step(
    {
      doing: 'single lane',
      total: redemptionIds.length,
      done: () => `${counted(redemptionIds.length, 'redemption')}, one workflow each`,
    },
    async ({ set }) => {
      await manyAtOnce(redemptionIds, signal, (redemptionId) =>
        session.sluice.redemption({ poolId, redemptionId, mainAccountId, watch }),
      );
      await untilDecided(job, redemptionIds, set);
    },
  );
}

async function untilDecided(
  { session, signal }: Job,
  redemptionIds: readonly string[],
  onCount: (count: number) => void,
): Promise<void> {
  let decided: ReadonlySet<string> = new Set();
  let changedAt = performance.now();
  for (;;) {
    const outcomes = await readOutcomes(session.database, redemptionIds);
    if (outcomes.length > decided.size) changedAt = performance.now();
    decided = new Set(outcomes.map(({ redemptionId }) => redemptionId));
    onCount(decided.size);
    if (decided.size === redemptionIds.length) return;
    if (performance.now() - changedAt > askAfterMs) {
      await throwIfEnded(
        session.temporal,
        redemptionIds.filter((id) => !decided.has(id)),
      );
      changedAt = performance.now();
    }
    await pause(lookEveryMs, signal);
  }
}

/** A workflow that has ended will not decide any more. */
async function throwIfEnded(
  { workflow }: Job['session']['temporal'],
  redemptionIds: readonly string[],
): Promise<void> {
  for (const id of redemptionIds) {
    const handle = workflow.getHandle(workflowIds.redemption(id));
    const { status } = await handle.describe();
    if (status.name === 'RUNNING') continue;
    // One that failed throws here, with its reason.
    await handle.result();
    throw new UnexpectedRefusalError(tornState(`redemption ${id}`));
  }
}

/** Temporal remembers what the database does not know: the two are not of one piece. */
export function tornState(what: string): ReturnType<typeof refuse> {
  return refuse(
    'STATE_TORN',
    `Temporal has finished ${what}, and the database does not know it: they do not belong ` +
      'together. Bring back the database, or begin anew by --fresh',
  );
}
