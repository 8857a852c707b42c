import { withTransaction, type Tx } from '@sluice/database';
import { openAccounts } from '@sluice/ledger';
import { expectAnswer, isRefusal, money, parseCurrency } from '@sluice/money';
import {
  beginRedistribution,
  completeRedistribution,
  readMainAccount,
  type MainAccount,
  type OpenRedistribution,
} from '@sluice/settlement';
import type { Activities, RedistributionInput } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import {
  bookTogether,
  ledgerBalances,
  postLinked,
  subAccountParameters,
  type Booking,
} from './post-bookings.ts';

type RedistributionActivities = Pick<
  Activities,
  'beginRedistribution' | 'moveBalances' | 'completeRedistribution'
>;

/** The activities of one redistribution; each is safe to repeat. */
export function createRedistributionActivities(
  dependencies: Dependencies,
): RedistributionActivities {
  const { database, log } = dependencies;
  return {
    async beginRedistribution(input) {
      const begun = await withTransaction(database, (tx) => begin(tx, input));
      log.info({ ...input, answer: begun.kind }, 'redistribution begun');
      return begun;
    },
    async moveBalances(input) {
      const moves = await withTransaction(database, (tx) => move(tx, dependencies, input));
      log.info({ ...input, moves }, 'balances moved');
      return { kind: 'moved', moves };
    },
    async completeRedistribution(input) {
      const completed = await withTransaction(database, async (tx) => {
        const answer = await completeRedistribution(tx, {
          ...input,
          balances: ledgerBalances(tx),
        });
        if (isRefusal(answer)) return answer;
        const main = expectAnswer(await readMainAccount(tx, input.mainAccountId));
        return {
          kind: 'redistributed',
          generation: answer.generation,
          subAccounts: sizeOf(main),
        } as const;
      });
      log.info({ ...input, answer: completed.kind }, 'redistribution completed');
      return completed;
    },
  };
}

function sizeOf({ subAccounts, generation }: MainAccount): number {
  return subAccounts.filter((account) => account.generation === generation).length;
}

async function begin(
  tx: Tx,
  input: RedistributionInput,
): ReturnType<Activities['beginRedistribution']> {
  const begun = await beginRedistribution(tx, { ...input, balances: ledgerBalances(tx) });
  if (isRefusal(begun)) return begun;
  const main = expectAnswer(await readMainAccount(tx, input.mainAccountId));
  if (!('to' in begun)) {
    return { kind: 'not-needed', subAccounts: sizeOf(main) };
  }
  const currency = expectAnswer(parseCurrency(main.currency));
  const accounts = begun.to.map((code) => ({
    code,
    currency,
    floorMinor: 0n,
    ceilingMinor: null,
  }));
  (await openAccounts(tx, accounts)).forEach((answer) => expectAnswer(answer));
  return { kind: 'begun', subAccounts: begun.to.length };
}

/** What is still to be moved is asked for again under the main account's lock. */
async function move(
  tx: Tx,
  { program }: Dependencies,
  input: RedistributionInput,
): Promise<number> {
  const open = expectAnswer(
    await beginRedistribution(tx, { ...input, balances: ledgerBalances(tx) }),
  );
  if (!('moves' in open)) return 0;
  const main = expectAnswer(await readMainAccount(tx, input.mainAccountId));
  const transfers = bookTogether(program, bookingsOf(open, input, main));
  await postLinked(tx, transfers, { retryBelowFloorOf: 'settlement/' });
  return transfers.length;
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
