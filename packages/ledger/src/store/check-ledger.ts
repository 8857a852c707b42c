import type { Invariant, Queryable } from '@sluice/database';

/**
 * Every transfer twice, once per account: how it moved what is posted and what is held on that
 * side, and what both are right after it. A resolution frees the whole hold, whatever it posts.
 */
const sides = `
  select transfer.debit_account_id as account_id, transfer.recorded_ns, transfer.id,
    'debit' as side, case when ${movesMoney()} then -transfer.amount_minor else 0 end as minor,
    coalesce(${heldChange()}, 0) as held_minor, transfer.debit_balance_minor as balance_after,
    coalesce(transfer.debit_held_minor, 0) as held_after
  from ledger.transfer
  left join ledger.hold on hold.id = transfer.original_id
  union all
  select transfer.credit_account_id, transfer.recorded_ns, transfer.id,
    'credit', case when ${movesMoney()} then transfer.amount_minor else 0 end,
    coalesce(${heldChange()}, 0), transfer.credit_balance_minor,
    coalesce(transfer.credit_held_minor, 0)
  from ledger.transfer
  left join ledger.hold on hold.id = transfer.original_id`;

function movesMoney(): string {
  return `transfer.kind in ('direct', 'post-hold', 'reversal')`;
}

function heldChange(): string {
  return `case transfer.kind
      when 'hold' then transfer.amount_minor
      when 'post-hold' then -hold.amount_minor
      when 'void-hold' then -hold.amount_minor
      when 'expire-hold' then -hold.amount_minor
    end`;
}

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
    select format('%s: all postings together are %s', account.currency, sum(minor))
    from (${sides}) posting
    join ledger.account on account.id = posting.account_id
    group by account.currency
    having sum(minor) <> 0
  )
  select (select count(*) from ledger.transfer) as checked,
    array(select line from broken limit 20) as violations`;

const storedBalances = `
  with posted as (
    select account_id, sum(minor) as minor, count(*) as transfers,
      sum(held_minor) filter (where side = 'debit') as held_debit_minor,
      sum(held_minor) filter (where side = 'credit') as held_credit_minor
    from (${sides}) posting
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
    union all
    select account.code,
      format('account %s: %s and %s are held, but its holds sum to %s and %s',
        account.code, account.held_debit_minor, account.held_credit_minor,
        coalesce(posted.held_debit_minor, 0), coalesce(posted.held_credit_minor, 0))
    from ledger.account
    left join posted on posted.account_id = account.id
    where account.held_debit_minor <> coalesce(posted.held_debit_minor, 0)
      or account.held_credit_minor <> coalesce(posted.held_credit_minor, 0)
  )
  select (select count(*) from ledger.account) as checked,
    array(select line from broken order by code limit 20) as violations`;

/**
 * What is held at any point is replayed per side, because a transfer records it for its own side
 * only; that side's limit is what it counts against. A posting that does not continue from the one
 * before it shows a row lost, changed or added.
 */
const limitsThroughout = `
  with history as (
    select account_id, id, recorded_ns, side, minor, balance_after, held_after,
      coalesce(lag(balance_after) over account_order, 0) as before,
      sum(case when side = 'debit' then held_minor else 0 end) over account_order as held_debit,
      sum(case when side = 'credit' then held_minor else 0 end) over account_order as held_credit,
      lag(recorded_ns) over account_order as recorded_before
    from (${sides}) posting
    window account_order as (partition by account_id order by recorded_ns)
  ), broken as materialized (
    select history.recorded_ns,
      format('account %s, transfer %s: balance %s moved by %s to %s, %s and %s held '
          '(floor %s, ceiling %s)',
        account.code, history.id, history.before, history.minor, history.balance_after,
        history.held_debit, history.held_credit,
        coalesce(account.floor_minor::text, 'none'), coalesce(account.ceiling_minor::text, 'none')
      ) as line
    from history
    join ledger.account on account.id = history.account_id
    where history.before::numeric + history.minor <> history.balance_after
      or history.recorded_ns = history.recorded_before
      or history.held_after <>
        case history.side when 'debit' then history.held_debit else history.held_credit end
      or history.balance_after - history.held_debit < account.floor_minor
      or history.balance_after + history.held_credit > account.ceiling_minor
  )
  select (select 2 * count(*) from ledger.transfer) as checked,
    array(select line from broken order by recorded_ns limit 20) as violations`;

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
