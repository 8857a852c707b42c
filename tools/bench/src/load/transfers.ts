import { transferId, type DirectTransfer, type Linkable } from '@sluice/ledger';
import { money, type Currency } from '@sluice/money';
import { randomFrom, zipf } from './zipf.ts';

export const currency: Currency = money(0n, 'USD').currency;
const exponent = 2;
const startMs = Date.UTC(2017, 6, 1);

/** How accounts are drawn: by Zipf's law with the exponent 2, or each as often as the others. */
export type Spread = 'zipf' | 'uniform';

/** Makes so many transfers, new ones at each call. */
export type TransferSource = (count: number) => Linkable<DirectTransfer>[];

/** The code of the account of this rank; rank 0 is the hottest. */
export const accountCode = (rank: number, family = 'bench'): string => `${family}/${rank}`;

/** Makes transfers between accounts of one family, with ids in the order of time. */
export function transferSource(
  accounts: number,
  seed: number,
  { spread = 'zipf', family = 'bench' }: { spread?: Spread; family?: string } = {},
): TransferSource {
  const random = randomFrom(seed);
  const draw =
    spread === 'zipf'
      ? zipf(accounts, exponent, random)
      : (): number => Math.floor(random() * accounts);
  let made = 0;
  const one = (): Linkable<DirectTransfer> => {
    made += 1;
    const debit = draw();
    let credit = draw();
    while (credit === debit) credit = draw();
    const key = `${family}/${seed}/${made}`;
    const effectiveAt = new Date(startMs + made).toISOString();
    return {
      id: transferId(key, effectiveAt),
      debitAccount: accountCode(debit, family),
      creditAccount: accountCode(credit, family),
      amount: { minor: BigInt(1 + Math.floor(random() * 10_000)), currency },
      kind: 'direct',
      type: 'bench',
      reference: key,
      effectiveAt,
      linked: false,
    };
  };
  return (count) => Array.from({ length: count }, one);
}
