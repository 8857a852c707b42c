import type { Database } from '@sluice/database';
import { listBalances } from '@sluice/ledger';
import { formatAmount, money } from '@sluice/money';
import {
  countPayouts,
  countResolvedUnknowns,
  listPayouts,
  type Payout,
  type PayoutState,
} from '@sluice/payout';
import { listPools } from '@sluice/pool';
import { readFeeBooks } from '../check-fees.ts';
import type { Whereabouts } from './ties.ts';

/** What one seller is owed, and why it is not paid yet. */
export interface Owed {
  readonly seller: string;
  readonly amount: string;
  /** Null: no payout was started for it yet. */
  readonly held: string | null;
}

/** The payouts to all sellers, over all pools: the bank knows sellers, not pools. */
export interface PayoutSummary {
  readonly byState: Readonly<Record<string, number>>;
  readonly paid: string;
  /** Sent or about to be, and not booked by the bank yet. */
  readonly onTheWay: string;
  readonly resolvedByQuery: number;
  readonly returned: readonly {
    readonly payoutId: string;
    readonly seller: string;
    readonly amount: string;
    readonly reason: string | null;
  }[];
  readonly owed: { readonly total: string; readonly sellers: readonly Owed[] };
}

const prefix = 'payable/';
/** Money that has left the seller's payable and is not at the seller's bank. */
const onTheWay: ReadonlySet<PayoutState> = new Set([
  'reserved',
  'submitting',
  'unknown',
  'submitted',
]);
const maxPayouts = 100_000;

/** Reads what was paid, what is on its way and what is owed. */
export async function describePayouts(
  database: Database,
  currency: string,
): Promise<{ readonly summary: PayoutSummary; readonly whereabouts: Whereabouts }> {
  const show = (minor: bigint): string => formatAmount(money(minor, currency));
  const all = await listPayouts(database, { limit: maxPayouts });
  const payouts = all.filter(({ amount }) => amount.currency === currency);
  const owing = (await listBalances(database, { prefix })).filter(
    ({ balanceMinor }) => balanceMinor > 0n,
  );
  const drawnMinor = (await listPools(database))
    .filter((pool) => pool.currency === currency)
    .reduce((sum, pool) => sum + pool.drawnMinor, 0n);
  const fees = (await readFeeBooks(database)).find((books) => books.currency === currency);
  const owedMinor = owing.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n);
  const onTheWayMinor = sumOf(payouts.filter(({ state }) => onTheWay.has(state)));
  const paidMinor = sumOf(payouts.filter(({ status }) => status === 'paid'));
  const returned = payouts.filter(({ state }) => state === 'returned');
  const states = Object.entries(await countPayouts(database)).filter(([, count]) => count > 0);
  return {
    whereabouts: {
      ...{ drawnMinor, owedMinor, onTheWayMinor, paidMinor },
      feesBookedMinor: fees?.bookedMinor ?? 0n,
      feesRecordedMinor: fees?.recordedMinor ?? 0n,
    },
    summary: {
      byState: Object.fromEntries(states),
      paid: show(paidMinor),
      onTheWay: show(onTheWayMinor),
      resolvedByQuery: await countResolvedUnknowns(database),
      returned: returned.map((payout) => ({
        payoutId: payout.id,
        seller: payout.sellerId,
        amount: formatAmount(payout.amount),
        reason: payout.attempts.at(-1)?.reasonCode ?? null,
      })),
      owed: {
        total: show(owedMinor),
        sellers: owing.map(({ code, balanceMinor }) => {
          const seller = code.slice(prefix.length);
          return { seller, amount: show(balanceMinor), held: whyHeld(payouts, seller) };
        }),
      },
    },
  };
}

function sumOf(payouts: readonly Payout[]): bigint {
  return payouts.reduce((sum, { amount }) => sum + amount.minor, 0n);
}

/** The payout of a seller that keeps further ones back: its last, if that one did not arrive. */
function whyHeld(newestFirst: readonly Payout[], seller: string): string | null {
  const last = newestFirst.find(
    ({ sellerId, status }) => sellerId === seller && status !== 'pending',
  );
  if (last?.status !== 'returned' && last?.status !== 'failed') return null;
  const reason = last.attempts.at(-1)?.reasonCode ?? 'no reason given';
  return `${last.id} ${last.status === 'returned' ? 'came back' : 'was rejected'} (${reason})`;
}
