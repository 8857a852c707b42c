import { listUnsentBatches } from '@sluice/ledger';
import { pause } from '../session/pause.ts';
import { counted } from '../terminal/figures.ts';
import type { Job } from './job.ts';

const lookEveryMs = 300;
/** Without any change for so long, the run goes on and says what is stuck. */
const patienceMs = 60_000;

/**
 * Waits until the bookings of this run are at the accounting server: their batches go by
 * themselves, the last ones when their period is over.
 */
export async function sendBookings({ session, terminal, signal }: Job): Promise<void> {
  const { database } = session;
  const batches = await listUnsentBatches(database);
  if (batches.length === 0) return;
  const left = await terminal.step<number>(
    {
      doing: 'sending the last bookings',
      total: batches.length,
      done: (stuck) => counted(batches.length - stuck, 'batch', 'batches'),
    },
    async ({ set }) => {
      let [before, changedAt] = [batches.length, performance.now()];
      for (;;) {
        const unsent = new Set(await listUnsentBatches(database));
        const now = batches.filter((key) => unsent.has(key)).length;
        set(batches.length - now);
        if (now !== before) [before, changedAt] = [now, performance.now()];
        if (now === 0 || performance.now() - changedAt > patienceMs) return now;
        await pause(lookEveryMs, signal);
      }
    },
  );
  if (left > 0) {
    terminal.line(
      `  ${counted(left, 'batch', 'batches')} did not go for a while: they go by themselves; ` +
        "look at the booking workflows in Temporal's Web UI",
    );
  }
}
