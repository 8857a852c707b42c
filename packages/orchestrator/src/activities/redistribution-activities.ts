import { withTransaction, type Tx } from '@sluice/database';
import { openAccounts } from '@sluice/ledger';
import { expectAnswer, money, parseCurrency } from '@sluice/money';
import {
  beginRedistribution,
  completeRedistribution,
  readMainAccount,
  type MainAccount,
  type OpenRedistribution,
} from '@sluice/settlement';
import type {
  Activities,
  RedistributionBegun,
  RedistributionInput,
  RedistributionResult,
} from '../contract.ts';
import { subAccountParameters } from './account-codes.ts';
import type { Dependencies } from './dependencies.ts';
import { ledgerBalances } from './ledger-balances.ts';
import { postBookings, type Booking } from './post-bookings.ts';
import { answerOrLeave, orRefusal } from './refuse-all.ts';

type RedistributionActivities = Pick<
  Activities,
  'beginRedistribution' | 'moveBalances' | 'completeRedistribution'
>;

/** The activities of one redistribution; each is safe to repeat. */
export function createRedistributionActivities({
  database,
  program,
}: Dependencies): RedistributionActivities {
  return {
    beginRedistribution: (input) => orRefusal(withTransaction(database, (tx) => begin(tx, input))),
    async moveBalances(input) {
      const moves = await withTransaction(database, async (tx) =>
        postBookings(tx, program, await outstandingMoves(tx, input)),
      );
      return { kind: 'moved', moves };
    },
    completeRedistribution: (input) =>
      orRefusal(withTransaction(database, (tx) => complete(tx, input))),
  };
}

async function begin(tx: Tx, input: RedistributionInput): Promise<RedistributionBegun> {
  const balances = ledgerBalances(tx);
  const begun = answerOrLeave(await beginRedistribution(tx, { ...input, balances }));
  const main = answerOrLeave(await readMainAccount(tx, input.mainAccountId));
  if (!('to' in begun)) return { kind: 'not-needed', subAccounts: main.size };
  const currency = expectAnswer(parseCurrency(main.currency));
  const limits = { currency, floorMinor: 0n, ceilingMinor: null };
  for (const opened of await openAccounts(
    tx,
    begun.to.map((code) => ({ code, ...limits })),
  )) {
    answerOrLeave(opened);
  }
  return { kind: 'begun', subAccounts: begun.to.length };
}

/** What is still to be moved is asked for again under the main account's lock. */
async function outstandingMoves(tx: Tx, input: RedistributionInput): Promise<readonly Booking[]> {
  const balances = ledgerBalances(tx);
  const open = expectAnswer(await beginRedistribution(tx, { ...input, balances }));
  if (!('moves' in open)) return [];
  return bookingsOf(open, input, expectAnswer(await readMainAccount(tx, input.mainAccountId)));
}

async function complete(tx: Tx, input: RedistributionInput): Promise<RedistributionResult> {
  const balances = ledgerBalances(tx);
  const { generation } = answerOrLeave(await completeRedistribution(tx, { ...input, balances }));
  const main = answerOrLeave(await readMainAccount(tx, input.mainAccountId));
  return { kind: 'redistributed', generation, subAccounts: main.size };
}

function bookingsOf(
  { moves, epoch }: OpenRedistribution,
  { mainAccountId, generation }: RedistributionInput,
  { currency, redistributions }: MainAccount,
): readonly Booking[] {
  const record = redistributions.find(({ fromGeneration }) => fromGeneration === generation);
  if (record === undefined) throw new Error(`no redistribution of generation ${generation}`);
  return moves.map(({ from, to, amountMinor }) => {
    const next = subAccountParameters(to);
    return {
      type: 'settlement.redistribution',
      key: `redistribution:${mainAccountId}:${generation}:${epoch}:${from}:${to}`,
      reference: `redistribution:${mainAccountId}:${generation}`,
      at: record.begunAt.toISOString(),
      parameters: {
        ...subAccountParameters(from),
        nextGeneration: next.generation,
        nextNumber: next.number,
      },
      amounts: { part: money(amountMinor, currency) },
    };
  });
}
