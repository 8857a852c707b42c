import type { Money } from '@sluice/money';
import { linkTransfers, type DirectTransfer, type Linkable } from './transfer.ts';

/** Money that leaves one account in one currency and reaches another in another. */
export interface Conversion {
  /** Ids of the two transfers: what is given, and what is taken for it. */
  readonly ids: readonly [string, string];
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly gives: Money;
  readonly takes: Money;
  /**
   * Code of the position without its currency: `position/fx` stands for the accounts
   * `position/fx/EUR` and `position/fx/USD`. Their balances are what the house is long and short.
   */
  readonly position: string;
  readonly type: string;
  readonly reference: string;
  readonly effectiveAt: string;
}

/**
 * A conversion as a linked pair: every transfer stays within one currency, so each currency's
 * postings go on summing to zero, and both are posted or none. The rate is what the two amounts
 * say; whoever quotes it decides how they are rounded.
 */
export function convertCurrency(conversion: Conversion): readonly Linkable<DirectTransfer>[] {
  const { ids, debitAccount, creditAccount, gives, takes, position } = conversion;
  const { type, reference, effectiveAt } = conversion;
  const common = { kind: 'direct', type, reference, effectiveAt } as const;
  return linkTransfers<DirectTransfer>([
    {
      ...common,
      id: ids[0],
      debitAccount,
      creditAccount: `${position}/${gives.currency}`,
      amount: gives,
    },
    {
      ...common,
      id: ids[1],
      debitAccount: `${position}/${takes.currency}`,
      creditAccount,
      amount: takes,
    },
  ]);
}
