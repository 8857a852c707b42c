import type { Money } from '@sluice/money';
import type { NewPayout, Rail } from '@sluice/payout';

/** What a payout's record says, the same at every retry. */
export function newPayout(
  rail: Pick<Rail, 'name'>,
  about: {
    readonly id: string;
    readonly sellerId: string;
    readonly amount: Money;
    readonly reference: string;
  },
): NewPayout {
  const { id, sellerId, amount, reference } = about;
  return {
    id,
    sellerId,
    amount,
    creditor: { account: `SBX-${sellerId}`, name: `Seller ${sellerId}` },
    rail: rail.name,
    remittance: `Subsidies of ${reference}`,
  };
}
