import type { Database } from '@sluice/database';
import {
  bookingTriggers,
  countBookingBatches,
  createHttpAccountingServer,
  listBalances,
  listBookingTasks,
  type BookingTrigger,
} from '@sluice/ledger';
import { expectAnswer, fromWire } from '@sluice/money';
import type { Tie } from './ties.ts';

/** What was sent to the accounting server, and what was not. */
export interface BookingSummary {
  /** By what made them due; only what there is. */
  readonly sent: readonly {
    readonly trigger: BookingTrigger;
    readonly batches: number;
    readonly entries: number;
    /** Postings that the entries sum. */
    readonly transfers: number;
  }[];
  /** Entries that are in no sent batch, refused ones apart. */
  readonly waiting: number;
  readonly refused: readonly {
    readonly batch: string;
    readonly rule: string;
    readonly reason: string;
  }[];
}

const answerMs = 10_000;
const maxRefused = 20;

/** Reads what was sent, and ties the accounting server's own balances to the ledger's. */
export async function describeBookings(
  database: Database,
  accountingUrl: string,
): Promise<{ readonly summary: BookingSummary; readonly tie: Tie }> {
  const counted = await countBookingBatches(database);
  const sent = bookingTriggers.map((trigger) => {
    const own = counted.filter((one) => one.state === 'sent' && one.trigger === trigger);
    return {
      trigger,
      batches: own.reduce((sum, { tasks }) => sum + tasks, 0),
      entries: own.reduce((sum, { entries }) => sum + entries, 0),
      transfers: own.reduce((sum, { transfers }) => sum + transfers, 0),
    };
  });
  const refused = await listBookingTasks(database, { state: 'refused', limit: maxRefused });
  return {
    summary: {
      sent: sent.filter(({ batches }) => batches > 0),
      waiting: counted
        .filter(({ state }) => state !== 'sent' && state !== 'refused')
        .reduce((sum, { entries }) => sum + entries, 0),
      refused: refused.map(({ key, rule, refusal }) => ({
        ...{ batch: key, rule },
        reason: `${refusal?.code ?? ''}: ${refusal?.message ?? ''}`,
      })),
    },
    tie: await tieBalances(database, accountingUrl),
  };
}

/** Account by account: what the server's own books say is what the ledger says. */
async function tieBalances(database: Database, baseUrl: string): Promise<Tie> {
  const books = createHttpAccountingServer({ baseUrl, timeoutMs: answerMs });
  const theirs = new Map(
    (await books.balances()).map(({ account, balance }) => [
      account,
      expectAnswer(fromWire(balance)).minor,
    ]),
  );
  const ours = new Map(
    (await listBalances(database, { prefix: '' })).map(({ code, balanceMinor }) => [
      code,
      balanceMinor,
    ]),
  );
  const accounts = new Set([...ours.keys(), ...theirs.keys()]);
  // An account that nothing was booked on is unknown there.
  const equal = [...accounts].filter((code) => ours.get(code) === (theirs.get(code) ?? 0n));
  return {
    what: 'accounts that the accounting server has at the same balance = accounts of both books',
    ours: String(equal.length),
    theirs: String(accounts.size),
    holds: equal.length === accounts.size,
  };
}
