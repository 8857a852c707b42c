import { RetryTransactionError, sqlState, type Tx } from '@sluice/database';
import type { Currency } from '@sluice/money';
import type { AccountState } from '../domain/account.ts';
import { isAccountCode } from '../domain/account-code.ts';
import { evaluateTransfers, type Evaluation } from '../domain/evaluate-transfers.ts';
import { isTransferId } from '../domain/transfer-fault.ts';
import type { PostedTransfer, Transfer, TransferResult } from '../domain/transfer.ts';

/** An account's state with the row it came from. */
interface LockedAccount extends AccountState {
  readonly id: bigint;
}

/**
 * Posts a batch, in order, each transfer against the state that the ones before it left; a single
 * posting is a batch of one. Three round trips whatever the size: lock the accounts, look for
 * transfers that exist, write what was accepted. A refused transfer leaves nothing behind.
 *
 * @returns one result per transfer, in order. See `transferStatuses`.
 * @throws RetryTransactionError when another transaction posts one of the ids over other accounts
 *   at the same moment: run again, the id is found.
 */
export async function postTransfers(
  tx: Tx,
  transfers: readonly Transfer[],
): Promise<readonly TransferResult[]> {
  if (transfers.length === 0) return [];
  const accounts = await lockAccounts(tx, transfers);
  const posted = await findPosted(tx, transfers);
  const evaluation = evaluateTransfers({ accounts, transfers: posted }, transfers);
  if (evaluation.accepted.length > 0) await write(tx, accounts, evaluation);
  return evaluation.results;
}

/** Every writer locks in the order of ids, so no two ever wait for each other. */
async function lockAccounts(
  tx: Tx,
  transfers: readonly Transfer[],
): Promise<ReadonlyMap<string, LockedAccount>> {
  const codes = new Set<string>();
  for (const { debitAccount, creditAccount } of transfers) {
    codes.add(debitAccount).add(creditAccount);
  }
  const rows = await tx.query<{
    id: bigint;
    code: string;
    currency: Currency;
    floor_minor: bigint | null;
    ceiling_minor: bigint | null;
    balance_minor: bigint;
    transfer_count: bigint;
  }>(
    `select account.id, account.code, account.currency, account.floor_minor,
       account.ceiling_minor, account.balance_minor, account.transfer_count
     from unnest($1::text[]) as wanted (code)
     join ledger.account using (code)
     order by account.id
     for update of account`,
    [[...codes].filter(isAccountCode)],
  );
  const accounts = new Map<string, LockedAccount>();
  for (const row of rows) {
    accounts.set(row.code, {
      id: row.id,
      code: row.code,
      currency: row.currency,
      floorMinor: row.floor_minor,
      ceilingMinor: row.ceiling_minor,
      balanceMinor: row.balance_minor,
      transferCount: row.transfer_count,
    });
  }
  return accounts;
}

/**
 * A statement of its own, after the lock: its snapshot holds all that was posted on these accounts
 * before they were ours. The lateral join asks the index once per id, whatever the planner thinks
 * of a table that was empty when the statement was prepared.
 */
async function findPosted(
  tx: Tx,
  transfers: readonly Transfer[],
): Promise<ReadonlyMap<string, PostedTransfer>> {
  const ids = transfers.map(({ id }) => id).filter(isTransferId);
  const rows = await tx.query<{
    id: string;
    debit_account: string;
    credit_account: string;
    currency: Currency;
    amount_minor: bigint;
    type: string;
    reference: string;
    effective_at: Date;
    debit_balance_minor: bigint;
    credit_balance_minor: bigint;
  }>(
    `select found.id, debit.code as debit_account, credit.code as credit_account, debit.currency,
       found.amount_minor, found.type, found.reference, found.effective_at,
       found.debit_balance_minor, found.credit_balance_minor
     from unnest($1::uuid[]) as wanted (id)
     cross join lateral (
       select * from ledger.transfer where transfer.id = wanted.id limit 1
     ) found
     cross join lateral (
       select code, currency from ledger.account where id = found.debit_account_id limit 1
     ) debit
     cross join lateral (
       select code from ledger.account where id = found.credit_account_id limit 1
     ) credit`,
    [`{${ids.join(',')}}`],
  );
  const posted = new Map<string, PostedTransfer>();
  for (const row of rows) {
    posted.set(row.id, {
      transfer: {
        id: row.id,
        debitAccount: row.debit_account,
        creditAccount: row.credit_account,
        amount: { minor: row.amount_minor, currency: row.currency },
        type: row.type,
        reference: row.reference,
        effectiveAt: row.effective_at.toISOString(),
      },
      debitBalanceMinor: row.debit_balance_minor,
      creditBalanceMinor: row.credit_balance_minor,
    });
  }
  return posted;
}

/** Balances and transfers in one statement; the order of rows gives the sequence. */
async function write(
  tx: Tx,
  accounts: ReadonlyMap<string, LockedAccount>,
  { accepted, changedAccounts }: Evaluation,
): Promise<void> {
  const idOf = (code: string): bigint => {
    const account = accounts.get(code);
    if (account === undefined) throw new Error(`account ${code} was changed but never locked`);
    return account.id;
  };
  const values = [
    numbers(changedAccounts.map(({ code }) => idOf(code))),
    numbers(changedAccounts.map(({ balanceMinor }) => balanceMinor)),
    numbers(changedAccounts.map(({ transferCount }) => transferCount)),
    `{${accepted.map(({ transfer }) => transfer.id).join(',')}}`,
    numbers(accepted.map(({ transfer }) => idOf(transfer.debitAccount))),
    numbers(accepted.map(({ transfer }) => idOf(transfer.creditAccount))),
    numbers(accepted.map(({ transfer }) => transfer.amount.minor)),
    numbers(accepted.map(({ debitBalanceMinor }) => debitBalanceMinor)),
    numbers(accepted.map(({ creditBalanceMinor }) => creditBalanceMinor)),
    `{${accepted.map(({ transfer }) => transfer.effectiveAt).join(',')}}`,
    accepted.map(({ transfer }) => transfer.type),
    accepted.map(({ transfer }) => transfer.reference),
  ];
  try {
    await tx.query(writeSql, values);
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error;
    throw new RetryTransactionError('another transaction posted one of the same ids first', {
      cause: error,
    });
  }
}

const uniqueViolation = '23505';

const writeSql = `
  with changed as (
    update ledger.account
    set balance_minor = after.balance_minor, transfer_count = after.transfer_count
    from unnest($1::bigint[], $2::bigint[], $3::bigint[])
      as after (id, balance_minor, transfer_count)
    where account.id = after.id
  )
  insert into ledger.transfer (
    id, debit_account_id, credit_account_id, amount_minor, debit_balance_minor,
    credit_balance_minor, effective_at, type, reference
  )
  select id, debit_account_id, credit_account_id, amount_minor, debit_balance_minor,
    credit_balance_minor, effective_at, type, reference
  from unnest(
    $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::timestamptz[], $11::text[], $12::text[]
  ) with ordinality as fresh (
    id, debit_account_id, credit_account_id, amount_minor, debit_balance_minor,
    credit_balance_minor, effective_at, type, reference, place
  )
  order by place`;

/** An array literal: much faster to build than pg's own, which escapes element by element. */
function numbers(values: readonly bigint[]): string {
  return `{${values.join(',')}}`;
}
