import { transferId, type Transfer } from '@sluice/ledger';
import { money, type Currency } from '@sluice/money';
import { randomFrom, zipf } from './zipf.ts';

export const currency: Currency = money(0n, 'USD').currency;
const exponent = 2;
const startMs = Date.UTC(2017, 6, 1);

/** The code of the account of this rank; rank 0 is the hottest. */
export const accountCode = (rank: number): string => `bench/${rank}`;

/** Makes transfers between accounts drawn by Zipf's law, with ids in the order of time. */
export function transferSource(accounts: number, seed: number): (count: number) => Transfer[] {
  const random = randomFrom(seed);
  const draw = zipf(accounts, exponent, random);
  let made = 0;
  const one = (): Transfer => {
    made += 1;
    const debit = draw();
    let credit = draw();
    while (credit === debit) credit = draw();
    const key = `bench/${seed}/${made}`;
    const effectiveAt = new Date(startMs + made).toISOString();
    return {
      id: transferId(key, effectiveAt),
      debitAccount: accountCode(debit),
      creditAccount: accountCode(credit),
      amount: { minor: BigInt(1 + Math.floor(random() * 10_000)), currency },
      type: 'bench',
      reference: key,
      effectiveAt,
      linked: false,
    };
  };
  return (count) => Array.from({ length: count }, one);
}
