import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  BookingBatchInput,
  BookingBatchProgress,
  BookingBatchSent,
  BookingsLooked,
} from '../contract.ts';
import { searchAttributes } from '../search-attributes.ts';
import { accounting, database } from './activity-proxies.ts';
import { table } from './markdown.ts';
import { failWith, isRefusal } from './refusals.ts';

/** Entries have arrived: a hint to look before the next timer. */
export const lookAtBookings = defineSignal('lookAtBookings');

/** Has the refused batches sent again, after their reason was cleared. */
export const sendRefusedBookings = defineSignal('sendRefusedBookings');

/** What this workflow saw when it looked last. */
export const bookingBatchView = defineQuery<BookingBatchProgress>('bookingBatchView');

/** However little happens, it looks so often: a hint may be lost. */
const lookEveryMs = 60_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** An unclear answer needs an operator's eye after so many tries. */
const unclearBeforeOperator = 10;

const nothingYet: BookingBatchProgress = {
  ...{ batches: 0, entries: 0, unclear: 0 },
  ...{ needsOperator: false, said: '', seen: null },
};

/**
 * Sends the bookings of one rule to the accounting server, batch by batch, for ever. The entries
 * are in PostgreSQL, put there by the transactions that booked them; this is the clock that closes
 * a task when a trigger holds (claims 7 and 8), hands it over and asks after it until the server
 * has said what became of it. While the server is away, tasks go on being closed as their triggers
 * hold. A refused batch is parked, and the others go on.
 */
export async function bookingBatch(input: BookingBatchInput): Promise<void> {
  const { institution, rule } = input;
  let progress = input.progress ?? nothingYet;
  let hinted = false;
  let takeUp = false;
  /** After an unclear answer it waits, ever longer, before it asks again. */
  let resting = false;
  setHandler(bookingBatchView, () => progress, { description: 'what was sent, and what waits' });
  setHandler(lookAtBookings, () => void (hinted = true), { description: 'look now' });
  setHandler(sendRefusedBookings, () => void (takeUp = true), {
    description: 'send refused batches again: their reason was cleared',
  });
  const show = (change: Partial<BookingBatchProgress>): void => {
    const before = progress;
    progress = needingOperator({ ...progress, ...change });
    setCurrentDetails(describe(input, progress));
    if (progress.needsOperator === before.needsOperator) return;
    const { needsOperator: value } = progress;
    upsertSearchAttributes([{ key: searchAttributes.needsOperator, value }]);
  };
  for (;;) {
    if (takeUp) {
      takeUp = false;
      await database.sendRefusedBookings.executeWithOptions(
        { summary: 'refused batches are taken up again' },
        [{ institution, rule }],
      );
      show({ unclear: 0 });
    }
    hinted = false;
    const seen = await database.lookAtBookings.executeWithOptions(
      { summary: 'is a trigger due?' },
      [{ institution, rule }],
    );
    show({ seen });
    if (seen.next !== null && !resting) {
      show(afterAnswer(progress, await send(seen.next)));
      resting = progress.unclear > 0;
      if (resting) void rest(progress.unclear).finally(() => (resting = false));
    } else {
      const dueInMs = Math.max(Math.min(seen.open?.dueInMs ?? lookEveryMs, lookEveryMs), 1);
      const summary = whyWaiting(seen, progress);
      const maySend = (): boolean => seen.next !== null && !resting;
      await condition(() => hinted || takeUp || maySend(), dueInMs, { summary });
    }
    if (workflowInfo().continueAsNewSuggested && !takeUp) {
      await continueAsNew<typeof bookingBatch>({ ...input, progress });
    }
  }
}

/** Cancelled with the workflow, which has ended then. */
async function rest(unclear: number): Promise<void> {
  const pauseMs = Math.min(firstPauseMs * 2 ** (unclear - 1), longestPauseMs);
  await sleep(pauseMs, { summary: 'before the server is asked again' }).catch(() => undefined);
}

async function send(key: string): Promise<BookingBatchSent> {
  const sent = await accounting.sendBookingBatch.executeWithOptions(
    { summary: `batch ${key}: sent, or asked after` },
    [{ key }],
  );
  if (isRefusal(sent)) failWith(sent);
  return sent;
}

function afterAnswer(
  { batches, entries, unclear }: BookingBatchProgress,
  sent: BookingBatchSent,
): Partial<BookingBatchProgress> {
  switch (sent.kind) {
    case 'accepted':
      return {
        ...{ unclear: 0, batches: batches + 1, entries: entries + sent.entries },
        said: `accepted as ${sent.receipt}`,
      };
    case 'refused':
      return { unclear: 0, said: `refused: ${sent.code}: ${sent.message}` };
    case 'unknown':
      return { unclear: unclear + 1, said: `unclear: ${sent.message}` };
  }
}

function whyWaiting({ open }: BookingsLooked, { unclear }: BookingBatchProgress): string {
  if (unclear > 0) return 'the accounting server has not answered clearly';
  return open === null ? 'nothing to send' : `${open.entries} entries wait for a trigger`;
}

function needingOperator(progress: BookingBatchProgress): BookingBatchProgress {
  const { unclear, seen, said } = progress;
  const refused = (seen?.refused ?? 0) > 0 || said.startsWith('refused');
  return { ...progress, needsOperator: refused || unclear > unclearBeforeOperator };
}

function describe(
  { institution, rule }: BookingBatchInput,
  { batches, entries, seen, said }: BookingBatchProgress,
): string {
  const open = seen?.open;
  return table(`Bookings of ${rule} of ${institution}`, {
    Sent: `${batches} batches, ${entries} entries`,
    Gathering: open ? `${open.entries} entries on ${open.accounts} accounts` : 'nothing',
    'To be sent': seen?.unsent ?? 0,
    Refused: seen?.refused ?? 0,
    'The server said last': said,
  });
}
