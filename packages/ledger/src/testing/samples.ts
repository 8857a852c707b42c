import { money } from '@sluice/money';
import type { Account } from '../domain/account.ts';
import type { Transfer } from '../domain/transfer.ts';
import { transferId } from '../transfer-id.ts';

export const at = '2017-07-01T09:30:00.000Z';

/** An account without limits unless the test says so. */
export function account(code: string, limits: Partial<Account> = {}): Account {
  const { currency } = money(0n, 'USD');
  return { code, currency, floorMinor: null, ceilingMinor: null, ...limits };
}

/** A transfer that is right in every field, of which a test changes those it is about. */
export function transfer(key: string, changes: Partial<Transfer> = {}): Transfer {
  return {
    id: transferId(key, at),
    debitAccount: 'a',
    creditAccount: 'b',
    amount: money(5n, 'USD'),
    type: 'subsidy.coupon',
    reference: key,
    effectiveAt: at,
    linked: false,
    ...changes,
  };
}
