import type { Account } from '../domain/account.ts';
import { maxMinor } from '../domain/account.ts';
import { instantMs } from '../domain/instant.ts';
import type { TransferStatus } from '../domain/transfer-status.ts';
import type { Transfer } from '../domain/transfer.ts';

/**
 * The ledger as one would explain it to a child: a list of what was posted. A balance is added up
 * from the list each time; a chain that fails puts the list back as it was. Slow, and obviously
 * right.
 */
export class SlowModel {
  posted: readonly Transfer[] = [];
  readonly accounts: readonly Account[];

  constructor(accounts: readonly Account[]) {
    this.accounts = accounts;
  }

  balance(code: string): bigint {
    return this.posted
      .map((transfer) => {
        if (transfer.debitAccount === code) return -transfer.amount.minor;
        return transfer.creditAccount === code ? transfer.amount.minor : 0n;
      })
      .reduce((left, right) => left + right, 0n);
  }

  post(transfers: readonly Transfer[]): readonly TransferStatus[] {
    return chains(transfers).flatMap((chain) => this.#postChain(chain));
  }

  #postChain(chain: readonly Transfer[]): readonly TransferStatus[] {
    const before = this.posted;
    if (chain.at(-1)?.linked === true) {
      return chain.map((_, index) =>
        index === chain.length - 1 ? 'linked-chain-open' : 'linked-transfer-failed',
      );
    }
    const statuses: TransferStatus[] = [];
    for (const transfer of chain) {
      statuses.push(this.#postOne(transfer, statuses[0]));
      if (statuses.at(-1) === 'created') this.posted = [...this.posted, transfer];
      else if (statuses.at(-1) !== 'exists') break;
    }
    const last = statuses.at(-1);
    if (last === 'created' || last === 'exists') return statuses;
    this.posted = before;
    return chain.map((_, index) => {
      const status = statuses[index];
      return status === undefined || status === 'created' ? 'linked-transfer-failed' : status;
    });
  }

  #postOne(transfer: Transfer, head: TransferStatus | undefined): TransferStatus {
    const { id, debitAccount, creditAccount, amount, type, reference } = transfer;
    const effectiveMs = instantMs(transfer.effectiveAt);
    const debit = this.accounts.find(({ code }) => code === debitAccount);
    const credit = this.accounts.find(({ code }) => code === creditAccount);
    const first = this.posted.find((candidate) => candidate.id === id);
    const rules: readonly (readonly [boolean, TransferStatus])[] = [
      [id.length !== 36, 'id-malformed'],
      [effectiveMs === undefined, 'effective-at-malformed'],
      [type === '', 'type-malformed'],
      [reference === '', 'reference-malformed'],
      [amount.minor <= 0n, 'amount-not-positive'],
      [amount.minor > maxMinor, 'amount-too-large'],
      [debitAccount === creditAccount, 'accounts-equal'],
      [
        first !== undefined && first.debitAccount !== debitAccount,
        'exists-with-different-debit-account',
      ],
      [
        first !== undefined && first.creditAccount !== creditAccount,
        'exists-with-different-credit-account',
      ],
      [
        first !== undefined &&
          (first.amount.minor !== amount.minor || first.amount.currency !== amount.currency),
        'exists-with-different-amount',
      ],
      [first !== undefined && first.type !== type, 'exists-with-different-type'],
      [first !== undefined && first.reference !== reference, 'exists-with-different-reference'],
      [
        first !== undefined && instantMs(first.effectiveAt) !== effectiveMs,
        'exists-with-different-effective-at',
      ],
      [first !== undefined && head === 'created', 'linked-chain-differs'],
      [first === undefined && head === 'exists', 'linked-chain-differs'],
      [first !== undefined, 'exists'],
      [debit === undefined, 'debit-account-not-found'],
      [credit === undefined, 'credit-account-not-found'],
      [
        debit?.currency !== credit?.currency || credit?.currency !== amount.currency,
        'currency-differs',
      ],
      [
        this.balance(debitAccount) - amount.minor < (debit?.floorMinor ?? -maxMinor),
        'exceeds-floor',
      ],
      [
        this.balance(creditAccount) + amount.minor > (credit?.ceilingMinor ?? maxMinor),
        'exceeds-ceiling',
      ],
    ];
    return rules.find(([applies]) => applies)?.[1] ?? 'created';
  }
}

/** A batch cut into its chains; the last one may have no end. */
export function chains(transfers: readonly Transfer[]): readonly (readonly Transfer[])[] {
  const found: Transfer[][] = [];
  let isOpen = false;
  for (const transfer of transfers) {
    if (isOpen) found.at(-1)?.push(transfer);
    else found.push([transfer]);
    isOpen = transfer.linked;
  }
  return found;
}
