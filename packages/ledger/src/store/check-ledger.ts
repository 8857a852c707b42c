import type { Invariant, Queryable } from '@sluice/database';

/** Every posting: two per transfer, each with the account's balance right after it. */
const postings = `
  select debit_account_id as account_id, sequence, id, -amount_minor as amount_minor,
    debit_balance_minor as balance_minor
  from ledger.transfer
  union all
  select credit_account_id, sequence, id, amount_minor, credit_balance_minor
  from ledger.transfer`;

/**
 * Each check finds all it can in a CTE of its own and only then takes the first: a limit inside
 * would have the planner look for few rows where, as a rule, there are none.
 */
const zeroSums = `
  with broken as materialized (
    select format('transfer %s is not between two accounts of one currency', transfer.id) as line
    from ledger.transfer
    left join ledger.account debit on debit.id = transfer.debit_account_id
    left join ledger.account credit on credit.id = transfer.credit_account_id
    where (debit.currency = credit.currency) is not true
    union all
    select format('%s: all postings together are %s', account.currency, sum(amount_minor))
    from (${postings}) posting
    join ledger.account on account.id = posting.account_id
    group by account.currency
    having sum(amount_minor) <> 0
  )
  select (select count(*) from ledger.transfer) as checked,
    array(select line from broken limit 20) as violations`;

const storedBalances = `
  with posted as (
    select account_id, sum(amount_minor) as minor, count(*) as transfers
    from (${postings}) posting
    group by account_id
  ), broken as materialized (
    select account.code,
      format('account %s: balance %s after %s transfers, but its %s postings sum to %s',
        account.code, account.balance_minor, account.transfer_count,
        coalesce(posted.transfers, 0), coalesce(posted.minor, 0)) as line
    from ledger.account
    left join posted on posted.account_id = account.id
    where account.balance_minor <> coalesce(posted.minor, 0)
      or account.transfer_count <> coalesce(posted.transfers, 0)
  )
  select (select count(*) from ledger.account) as checked,
    array(select line from broken order by code limit 20) as violations`;

/** A posting that does not continue from the one before it shows a row lost, changed or added. */
const limitsThroughout = `
  with history as (
    select account_id, id, sequence, amount_minor, balance_minor,
      coalesce(lag(balance_minor) over (partition by account_id order by sequence), 0) as before
    from (${postings}) posting
  ), broken as materialized (
    select history.sequence,
      format('account %s, transfer %s: balance %s moved by %s to %s (floor %s, ceiling %s)',
        account.code, history.id, history.before, history.amount_minor, history.balance_minor,
        coalesce(account.floor_minor::text, 'none'), coalesce(account.ceiling_minor::text, 'none')
      ) as line
    from history
    join ledger.account on account.id = history.account_id
    where history.before::numeric + history.amount_minor <> history.balance_minor
      or history.balance_minor < account.floor_minor
      or history.balance_minor > account.ceiling_minor
  )
  select (select 2 * count(*) from ledger.transfer) as checked,
    array(select line from broken order by sequence limit 20) as violations`;

const checks = [
  { id: 'I1', title: 'postings sum to zero per transfer and per currency', sql: zeroSums },
  { id: 'I2', title: 'stored balance = sum of postings', sql: storedBalances },
  {
    id: 'I3',
    title: 'no account was beyond its limits at any point of its history, which has no gap',
    sql: limitsThroughout,
  },
] as const;

/**
 * Replays everything that was ever posted and compares it with what is stored. Each check is one
 * statement on one snapshot, so it is right while others post.
 */
export async function checkLedger(q: Queryable): Promise<readonly Invariant[]> {
  const invariants: Invariant[] = [];
  for (const { id, title, sql } of checks) {
    const [found] = await q.query<{ checked: bigint; violations: readonly string[] }>(sql);
    if (found === undefined) throw new Error(`the check of ${id} gave no answer`);
    invariants.push({ id, title, checked: Number(found.checked), violations: found.violations });
  }
  return invariants;
}
