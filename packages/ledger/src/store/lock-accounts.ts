import type { Tx } from '@sluice/database';
import type { Currency } from '@sluice/money';
import type { AccountState } from '../domain/account.ts';
import { textArray, uuidArray } from './binary-arrays.ts';
import type { TransferNames } from './transfer-names.ts';

/** An account's state with the row it came from. */
export interface LockedAccount extends AccountState {
  readonly id: bigint;
  /** No transfer on it was recorded later. */
  readonly lastRecordedNs: bigint;
}

interface AccountRow {
  readonly id: bigint;
  readonly code: string;
  readonly currency: Currency;
  readonly floor_minor: bigint | null;
  readonly ceiling_minor: bigint | null;
  readonly balance_minor: bigint;
  readonly held_debit_minor: bigint;
  readonly held_credit_minor: bigint;
  readonly transfer_count: bigint;
  readonly last_recorded_ns: bigint;
  readonly is_closed: boolean;
}

const columns = `account.id, account.code, account.currency, account.floor_minor,
  account.ceiling_minor, account.balance_minor, account.held_debit_minor,
  account.held_credit_minor, account.transfer_count, account.last_recorded_ns,
  account.closed_at is not null as is_closed`;

const lockNamed = `
  select ${columns}
  from unnest($1::text[]) as wanted (code)
  join ledger.account using (code)
  order by account.id
  for update of account`;

/** The accounts of an original never change, so they may be looked up before they are locked. */
const lockNamedAndOriginals = `
  select ${columns}
  from ledger.account
  where account.id in (
    select named.id
    from unnest($1::text[]) as wanted (code)
    join ledger.account named using (code)
    union
    select unnest(array[original.debit_account_id, original.credit_account_id])
    from unnest($2::uuid[]) as wanted (id)
    join ledger.transfer original using (id)
  )
  order by account.id
  for update of account`;

/** Every writer locks in the order of ids, so no two ever wait for each other in a circle. */
export async function lockAccounts(
  tx: Tx,
  { codes, originalIds }: TransferNames,
): Promise<ReadonlyMap<string, LockedAccount>> {
  const wanted = textArray(codes, (code) => code);
  const rows =
    originalIds.length === 0
      ? await tx.query<AccountRow>(lockNamed, [wanted])
      : await tx.query<AccountRow>(lockNamedAndOriginals, [wanted, uuidArray(originalIds)]);
  return new Map(rows.map((row) => [row.code, toAccount(row)]));
}

function toAccount(row: AccountRow): LockedAccount {
  return {
    id: row.id,
    code: row.code,
    currency: row.currency,
    floorMinor: row.floor_minor,
    ceilingMinor: row.ceiling_minor,
    balanceMinor: row.balance_minor,
    heldDebitMinor: row.held_debit_minor,
    heldCreditMinor: row.held_credit_minor,
    transferCount: row.transfer_count,
    lastRecordedNs: row.last_recorded_ns,
    isClosed: row.is_closed,
  };
}
