import type { Database, Invariant } from '@sluice/database';
import { listBalances } from '@sluice/ledger';
import { sumFees } from '@sluice/pool';
import { showMinor } from './terminal/figures.ts';

/** What the codes of the platform's income accounts begin with; the currency follows. */
const incomePrefix = 'income/platform-fee/';

/** What the platform keeps of subsidies in one currency, as pool and ledger have it. */
export interface FeeBooks {
  readonly currency: string;
  /** How many redemptions a fee was taken of. */
  readonly redemptions: number;
  /** As the redemptions' outcomes record it, in minor units. */
  readonly recordedMinor: bigint;
  /** As the ledger booked it, in minor units. */
  readonly bookedMinor: bigint;
}

/** The platform's fees in each currency that either book has some in, over all pools. */
export async function readFeeBooks(database: Database): Promise<readonly FeeBooks[]> {
  const recorded = Map.groupBy(await sumFees(database), ({ currency }) => currency);
  const booked = new Map(
    (await listBalances(database, { prefix: incomePrefix })).map(({ code, balanceMinor }) => [
      code.slice(incomePrefix.length),
      balanceMinor,
    ]),
  );
  const currencies = new Set([...recorded.keys(), ...booked.keys()]);
  return [...currencies].sort().map((currency) => {
    const pools = recorded.get(currency) ?? [];
    return {
      currency,
      redemptions: pools.reduce((sum, { redemptions }) => sum + redemptions, 0),
      recordedMinor: pools.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
      bookedMinor: booked.get(currency) ?? 0n,
    };
  });
}

/** Pool and ledger keep their own books of what the platform kept: they have to agree. */
export async function checkFees(database: Database): Promise<Invariant> {
  const books = await readFeeBooks(database);
  return {
    id: 'I5',
    title: 'what the ledger booked as platform fees is what was taken of the redemptions',
    checked: books.reduce((sum, { redemptions }) => sum + redemptions, 0),
    violations: books
      .filter(({ recordedMinor, bookedMinor }) => recordedMinor !== bookedMinor)
      .map(({ currency, recordedMinor, bookedMinor }) => {
        const [booked, taken] = [bookedMinor, recordedMinor].map((one) => showMinor(one, currency));
        return `${incomePrefix}${currency}: the ledger booked ${booked}, redemptions gave ${taken}`;
      }),
  };
}
