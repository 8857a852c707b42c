import type { Account } from '@sluice/ledger';
import type { Currency } from '@sluice/money';

/** Codes of the accounts that a pool's money passes through, as the booking rules name them. */
export const accountCodes = {
  funding: (sourceId: string): string => `funding/${sourceId}`,
  intermediary: (poolId: string): string => `pool/${poolId}/intermediary`,
  payable: (sellerId: string): string => `payable/${sellerId}`,
  /** What the platform has earned by its fees. */
  platformFee: (currency: string): string => `income/platform-fee/${currency}`,
  clearing: (mainAccountId: string): string => `settlement/${mainAccountId}/clearing`,
  inTransit: (currency: string): string => `payout/in-transit/${currency}`,
  /** Our treasury's bank, where top-ups come from. */
  treasury: (currency: string): string => `outside/treasury/${currency}`,
  /** The sellers' banks. */
  sellers: (currency: string): string => `outside/sellers/${currency}`,
} as const;

/** What the codes of all payables begin with. */
export const payablePrefix = 'payable/';

/** What a seller is owed: never less than nothing. */
export function payableAccount(sellerId: string, currency: Currency): Account {
  return { code: accountCodes.payable(sellerId), currency, floorMinor: 0n, ceilingMinor: null };
}

/** What the platform keeps of subsidies: never less than nothing. */
export function platformFeeAccount(currency: Currency): Account {
  const code = accountCodes.platformFee(currency);
  return { code, currency, floorMinor: 0n, ceilingMinor: null };
}

/** What the codes of all sub-accounts of a main account, and of its clearing, begin with. */
export function settlementPrefix(mainAccountId: string): string {
  return `settlement/${mainAccountId}/`;
}

const subAccountPattern = /^settlement\/([^/]+)\/(\d+)\/(\d+)$/;

/** Whether money of this account is shared by tasks that race for it. */
export function isSubAccount(code: string): boolean {
  return subAccountPattern.test(code);
}

/** What a sub-account's code tells the booking rules. */
export function subAccountParameters(code: string): {
  readonly mainAccount: string;
  readonly generation: string;
  readonly number: string;
} {
  const [, mainAccount, generation, number] = subAccountPattern.exec(code) ?? [];
  if (mainAccount === undefined || generation === undefined || number === undefined) {
    throw new Error(`${code} is no sub-account`);
  }
  return { mainAccount, generation, number };
}
