import type { Tx } from '@sluice/database';
import {
  businessDay,
  gatherEntries,
  sumBookings,
  type BookedTransfer,
  type BookingTriggers,
  type RuleName,
  type TransferResult,
} from '@sluice/ledger';
import { expectAnswer, money } from '@sluice/money';
import type { Program } from './program.ts';

/** How a program's postings are gathered for the accounting server. */
export interface Gathering {
  readonly triggers: BookingTriggers;
  /**
   * Hears whose tasks got entries, before they are committed: a hint to look soon. Nothing depends
   * on it but how soon a threshold is noticed.
   */
  readonly gathered?: (rules: readonly RuleName[]) => void;
}

/**
 * Puts what was just posted into the tasks for the accounting server, in the same transaction. What
 * was in the ledger before was gathered then. Summed by rule, accounts and day: a chunk of the bulk
 * lane makes a few hundred entries, each naming the transfers that it sums.
 */
export async function gatherBookings(
  tx: Tx,
  { institution, bookingBook, gathering }: Program,
  transfers: readonly BookedTransfer[],
  results: readonly TransferResult[],
): Promise<void> {
  const { triggers, gathered } = gathering;
  const bookings = transfers.flatMap((transfer, index) => {
    const { status, amountMinor } = results[index] ?? {};
    if (status !== 'created' || typeof amountMinor !== 'bigint') return [];
    const { id: transferId, type: rule, debitAccount, creditAccount, effectiveAt } = transfer;
    const amount = money(amountMinor, transfer.amount.currency);
    const { id: ruleSetId, version: ruleSetVersion } = expectAnswer(
      bookingBook.on(businessDay(effectiveAt)),
    );
    const by = { institution, ruleSetId, ruleSetVersion };
    return [{ ...by, transferId, rule, debitAccount, creditAccount, effectiveAt, amount }];
  });
  const touched = await gatherEntries(tx, triggers, sumBookings(bookings));
  if (touched.length > 0) gathered?.(touched);
}
