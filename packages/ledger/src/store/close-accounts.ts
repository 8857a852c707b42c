import type { Tx } from '@sluice/database';
import type { Refusal } from '@sluice/money';
import { isAccountCode } from '../domain/account-code.ts';
import { accountUnknown } from '../domain/account.ts';

/**
 * Closes an account: from now on it lets holds be voided, and nothing else. What is on it stays.
 * Safe to repeat: one that is closed stays so.
 *
 * @param reason for the record: who wants it, and why.
 * @returns whether it is closed by this call or was before, or the refusal `ACCOUNT_UNKNOWN`.
 */
export function closeAccount(
  tx: Tx,
  code: string,
  reason: string,
): Promise<'closed' | 'was closed' | Refusal> {
  return change(tx, { code, reason, event: 'closed', unchanged: 'was closed' });
}

/**
 * Opens a closed account again. Safe to repeat. Requests that were refused meanwhile stay refused.
 *
 * @param reason for the record: who wants it, and why.
 * @returns whether it is open by this call or was before, or the refusal `ACCOUNT_UNKNOWN`.
 */
export function reopenAccount(
  tx: Tx,
  code: string,
  reason: string,
): Promise<'reopened' | 'was open' | Refusal> {
  return change(tx, { code, reason, event: 'reopened', unchanged: 'was open' });
}

async function change<Event extends 'closed' | 'reopened', Unchanged extends string>(
  tx: Tx,
  {
    code,
    reason,
    event,
    unchanged,
  }: {
    readonly code: string;
    readonly reason: string;
    readonly event: Event;
    readonly unchanged: Unchanged;
  },
): Promise<Event | Unchanged | Refusal> {
  const [account] = isAccountCode(code)
    ? await tx.query<{ id: bigint; is_closed: boolean }>(
        `select id, closed_at is not null as is_closed from ledger.account
         where code = $1 for update`,
        [code],
      )
    : [];
  if (account === undefined) {
    return accountUnknown(code);
  }
  const close = event === 'closed';
  if (account.is_closed === close) return unchanged;
  await tx.query(
    `with changed as (
       update ledger.account set closed_at = case when $2 then clock_timestamp() end where id = $1
     )
     insert into ledger.account_event (account_id, event, reason) values ($1, $3, $4)`,
    [account.id, close, event, reason],
  );
  return event;
}
