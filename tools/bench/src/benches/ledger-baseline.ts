import { withTransaction, type Database } from '@sluice/database';
import type { DirectTransfer } from '@sluice/ledger';

/**
 * The way one would do it without the ledger, on the same tables in a schema of its own: accounts
 * with the same ids, columns, limits and indexes.
 */
export async function createBaseline(owner: Database): Promise<void> {
  const statements = [
    'create schema baseline',
    'create table baseline.account (like ledger.account including all) with (fillfactor = 50)',
    'create table baseline.transfer (like ledger.transfer including all)',
    `insert into baseline.account (code, currency)
     select code, currency from ledger.account order by id`,
    'grant usage on schema baseline to sluice_app',
    'grant select, insert, update on baseline.account, baseline.transfer to sluice_app',
    'vacuum analyze baseline.account',
    'vacuum analyze ledger.account',
  ];
  for (const statement of statements) await owner.query(statement);
}

/**
 * One transfer per transaction: lock both rows in the order of ids, change both, write it down.
 *
 * @returns how many were refused: none.
 */
export async function postOneRowAtATime(
  database: Database,
  transfers: readonly DirectTransfer[],
): Promise<number> {
  for (const transfer of transfers) await postOne(database, transfer);
  return 0;
}

async function postOne(database: Database, transfer: DirectTransfer): Promise<void> {
  const { debitAccount, creditAccount, amount } = transfer;
  await withTransaction(database, async (tx) => {
    const locked = await tx.query<{ id: bigint; code: string; balance: bigint }>(
      `select id, code, balance_minor as balance from baseline.account
       where code in ($1, $2) order by id for update`,
      [debitAccount, creditAccount],
    );
    const debit = locked.find(({ code }) => code === debitAccount);
    const credit = locked.find(({ code }) => code === creditAccount);
    if (debit === undefined || credit === undefined) throw new Error('there is no such account');
    const after = { debit: debit.balance - amount.minor, credit: credit.balance + amount.minor };
    await tx.query(changeBalance, [debit.id, after.debit]);
    await tx.query(changeBalance, [credit.id, after.credit]);
    await tx.query(
      `insert into baseline.transfer (id, debit_account_id, credit_account_id, amount_minor,
         debit_balance_minor, credit_balance_minor, effective_at, type, reference, kind,
         recorded_ns)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'direct',
         (extract(epoch from clock_timestamp()) * 1000000)::bigint * 1000)`,
      [
        transfer.id,
        debit.id,
        credit.id,
        amount.minor,
        after.debit,
        after.credit,
        transfer.effectiveAt,
        transfer.type,
        transfer.reference,
      ],
    );
  });
}

const changeBalance = `update baseline.account
  set balance_minor = $2, transfer_count = transfer_count + 1 where id = $1`;
