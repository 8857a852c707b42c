import { RetryTransactionError, type Tx } from '@sluice/database';
import {
  bookEntries,
  findBookingRule,
  isPosted,
  postTransfers,
  readBalances,
  type Transfer,
} from '@sluice/ledger';
import { expectAnswer, refuse, type Money, type Refusal } from '@sluice/money';
import type { Balances } from '@sluice/settlement';
import type { Program } from './program.ts';

/** One business event to be booked by the rule of its type. */
export interface Booking {
  readonly type: string;
  readonly key: string;
  readonly reference: string;
  readonly at: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly amounts: Readonly<Record<string, Money>>;
}

/**
 * The transfers of some events, linked: all of them are posted or none.
 *
 * @throws UnexpectedRefusalError when the program's booking rules do not cover an event.
 */
export function bookTogether(program: Program, bookings: readonly Booking[]): readonly Transfer[] {
  const { institution, bookingRules } = program;
  const transfers = bookings.flatMap(({ type: businessType, ...info }) => {
    const rule = expectAnswer(findBookingRule(bookingRules, { businessType, institution }));
    return expectAnswer(bookEntries(rule, info));
  });
  return transfers.map((transfer, index) => ({
    ...transfer,
    linked: index < transfers.length - 1,
  }));
}

/** Thrown to undo a transaction whose answer is a refusal; {@link refusalOf} gets it back. */
class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Runs a transaction whose {@link refuseAll} undoes it and becomes its answer. */
export async function orRefusal<T>(work: Promise<T>): Promise<T | Refusal> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
}

/** Leaves the transaction under way, undone, with a refusal. */
export function refuseAll(refusal: Refusal): never {
  throw new RefusedError(refusal);
}

/**
 * Posts linked transfers, or leaves the transaction: with a retry when another transaction took
 * the money of a sub-account first, otherwise with the refusal `POSTING_REFUSED`.
 */
export async function postLinked(
  tx: Tx,
  transfers: readonly Transfer[],
  options: { readonly retryBelowFloorOf: string },
): Promise<void> {
  const results = await postTransfers(tx, transfers);
  const index = results.findIndex(
    ({ status }) => !isPosted(status) && status !== 'linked-transfer-failed',
  );
  const transfer = transfers[index];
  const status = results[index]?.status;
  if (transfer === undefined || status === undefined) return;
  const raced = transfer.debitAccount.startsWith(options.retryBelowFloorOf);
  if (status === 'exceeds-floor' && raced) {
    throw new RetryTransactionError(`${transfer.debitAccount} was emptied by another task`);
  }
  refuseAll(postingRefused(transfer, status));
}

/** The refusal of one transfer by the ledger. */
export function postingRefused(transfer: Transfer, status: string): Refusal {
  return refuse(
    'POSTING_REFUSED',
    `the ledger refused ${transfer.type} from ${transfer.debitAccount} to ` +
      `${transfer.creditAccount}: ${status}`,
    {
      status,
      reference: transfer.reference,
      debitAccount: transfer.debitAccount,
      creditAccount: transfer.creditAccount,
    },
  );
}

/** The ledger's balances, as settlement asks for them, inside one transaction. */
export function ledgerBalances(tx: Tx): Balances {
  return {
    async read(accounts) {
      const balances = await readBalances(tx, accounts);
      return accounts.map((code) => {
        const balance = balances.get(code);
        if (balance === undefined) throw new Error(`there is no account ${code}`);
        return balance;
      });
    },
  };
}

/** What a sub-account's code tells the booking rules. */
export function subAccountParameters(code: string): {
  readonly mainAccount: string;
  readonly generation: string;
  readonly number: string;
} {
  const [, mainAccount = '', generation = '', number = ''] = code.split('/');
  return { mainAccount, generation, number };
}
