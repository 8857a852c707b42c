import { money } from '@sluice/money';
import type { Account } from '../domain/account.ts';
import { emptyState, type LedgerState } from '../domain/ledger-state.ts';
import type {
  DirectTransfer,
  Hold,
  Linkable,
  PostHold,
  Reversal,
  VoidHold,
} from '../domain/transfer.ts';
import { transferId } from '../transfer-id.ts';

export const at = '2017-07-01T09:30:00.000Z';

/** An account without limits unless the test says so. */
export function account(code: string, limits: Partial<Account> = {}): Account {
  const { currency } = money(0n, 'USD');
  return { code, currency, floorMinor: null, ceilingMinor: null, ...limits };
}

/** A ledger whose accounts were opened, and nothing else. */
export function openedState(accounts: readonly Account[], nowMs = 0): LedgerState {
  const fresh = {
    balanceMinor: 0n,
    heldDebitMinor: 0n,
    heldCreditMinor: 0n,
    transferCount: 0n,
    isClosed: false,
  };
  return {
    ...emptyState,
    accounts: new Map(accounts.map((opened) => [opened.code, { ...opened, ...fresh }])),
    nowMs,
  };
}

const header = (key: string) =>
  ({
    id: transferId(key, at),
    type: 'subsidy.coupon',
    reference: key,
    effectiveAt: at,
    linked: false,
  }) as const;

const between = { debitAccount: 'a', creditAccount: 'b', amount: money(5n, 'USD') };

/** A transfer that is right in every field, of which a test changes those it is about. */
export function transfer(
  key: string,
  changes: Partial<Linkable<DirectTransfer>> = {},
): Linkable<DirectTransfer> {
  return { ...header(key), kind: 'direct', ...between, ...changes };
}

/** A hold without a time-out. */
export function hold(key: string, changes: Partial<Linkable<Hold>> = {}): Linkable<Hold> {
  return { ...header(key), kind: 'hold', timeoutMs: null, ...between, ...changes };
}

/** Posts all of the hold that another key stands for. */
export function postHold(
  key: string,
  held: string,
  changes: Partial<Linkable<PostHold>> = {},
): Linkable<PostHold> {
  const holdId = transferId(held, at);
  return { ...header(key), kind: 'post-hold', holdId, amount: null, ...changes };
}

/** Voids the hold that another key stands for. */
export function voidHold(
  key: string,
  held: string,
  changes: Partial<Linkable<VoidHold>> = {},
): Linkable<VoidHold> {
  return { ...header(key), kind: 'void-hold', holdId: transferId(held, at), ...changes };
}

/** Reverses all of the transfer that another key stands for. */
export function reversal(
  key: string,
  original: string,
  changes: Partial<Linkable<Reversal>> = {},
): Linkable<Reversal> {
  const originalId = transferId(original, at);
  return { ...header(key), kind: 'reversal', originalId, amount: null, ...changes };
}
