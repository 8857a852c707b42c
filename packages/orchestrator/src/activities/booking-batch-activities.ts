import { withTransaction } from '@sluice/database';
import {
  beginSending,
  closeDueTask,
  readAccountingBatch,
  readOpenTask,
  readRuleProgress,
  recordServerAnswer,
  sendRefusedAgain,
  type AccountingServer,
  type AccountingUnknown,
  type AccountingVerdict,
  type BookingTask,
} from '@sluice/ledger';
import { isRefusal, type Refusal } from '@sluice/money';
import type {
  Activities,
  BookingBatchInput,
  BookingBatchSent,
  BookingsLooked,
} from '../contract.ts';
import type { Dependencies } from './dependencies.ts';

type BookingBatchActivities = Pick<
  Activities,
  'lookAtBookings' | 'sendBookingBatch' | 'sendRefusedBookings'
>;

/** The activities of the workflow that sends a rule's bookings; each is safe to repeat. */
export function createBookingBatchActivities(dependencies: Dependencies): BookingBatchActivities {
  const { database } = dependencies;
  return {
    lookAtBookings: (input) => look(dependencies, input),
    sendBookingBatch: ({ key }) => send(dependencies, key),
    async sendRefusedBookings(rule) {
      const tasks = await withTransaction(database, (tx) => sendRefusedAgain(tx, rule));
      return { kind: 'taken-up', tasks };
    },
  };
}

/** Closes the open task when a trigger holds, and tells what is to be done next, and when. */
async function look(
  { database }: Dependencies,
  { institution, rule }: BookingBatchInput,
): Promise<BookingsLooked> {
  const name = { institution, rule };
  const closed = await withTransaction(database, (tx) => closeDueTask(tx, name));
  const open = await readOpenTask(database, name);
  const { unsent, refused, next } = await readRuleProgress(database, name);
  return {
    kind: 'looked',
    ...{ closed, unsent, refused, next },
    open:
      open === null
        ? null
        : {
            entries: open.entries,
            accounts: open.accounts,
            dueInMs: open.due.kind === 'due' ? 0 : open.due.dueInMs,
          },
  };
}

/**
 * Hands one batch to the accounting server. That it is about to is recorded before, so whoever
 * comes after a crash or an unclear answer asks before sending again; and the server books a key
 * once, so even two at the same time do no harm.
 */
async function send(
  { database, accounting }: Dependencies,
  key: string,
): Promise<BookingBatchSent | Refusal> {
  if (accounting === undefined) return noServer;
  const task = await withTransaction(database, (tx) => beginSending(tx, key));
  if (isRefusal(task)) return task;
  if (task.state === 'sent' || task.state === 'refused') return knownAnswer(task);
  const answer = await askOrSend(accounting, task, () => readAccountingBatch(database, task));
  if (answer.kind === 'unknown') return answer;
  await withTransaction(database, (tx) => recordServerAnswer(tx, key, answer));
  return answer.kind === 'accepted' ? { ...answer, entries: task.entries } : answer;
}

/** Query before another try: only the server's word that it has never seen it has it sent again. */
async function askOrSend(
  accounting: AccountingServer,
  { key, attempts }: BookingTask,
  batch: () => Promise<Parameters<AccountingServer['send']>[0]>,
): Promise<AccountingVerdict | AccountingUnknown> {
  if (attempts > 0) {
    const asked = await accounting.query(key);
    if (asked.kind !== 'not-found') return asked;
  }
  return accounting.send(await batch(), key);
}

function knownAnswer({ receipt, refusal, entries }: BookingTask): BookingBatchSent {
  if (refusal !== null) return { kind: 'refused', ...refusal };
  return { kind: 'accepted', receipt: receipt ?? '', entries };
}

const noServer: AccountingUnknown = {
  kind: 'unknown',
  message: 'this worker knows no accounting server: set ACCOUNTING_SERVER_URL',
};
