import type { Invariant, Queryable } from '@sluice/database';
import type { BankPayments } from '../domain/rail.ts';

interface Finding {
  readonly checked: bigint;
  readonly violations: readonly string[];
}

const amounts = `
  select (select count(*) from payout.attempt) as checked, array(
    select format('attempt %s: %s %s, its payout: %s %s (minor units)', a.attempt_key,
      a.amount_minor, a.currency, p.amount_minor, p.currency)
    from payout.attempt a join payout.payout p on p.id = a.payout_id
    where (a.amount_minor, a.currency) is distinct from (p.amount_minor, p.currency)
    order by a.attempt_key limit 20) as violations`;

const liveAttempts = `
  select (select count(*) from payout.payout) as checked, array(
    select format('payout %s: %s live attempts', payout_id, count(*))
    from payout.attempt where not rejected
    group by payout_id having count(*) > 1
    order by payout_id limit 20) as violations`;

const submissions = `
  select (select count(*) from payout.transition where event = 'submit') as checked, array(
    select format('payout %s: attempt %s sent again by transition %s without a not-found before',
      payout_id, attempt, number)
    from (
      select payout_id, attempt, number, event,
        lag(event) over (partition by payout_id, attempt order by number) as previous
      from payout.transition where attempt is not null
    ) as step
    where event = 'submit' and previous <> 'not-found'
    order by payout_id, number limit 20) as violations`;

const histories = `
  select (select count(*) from payout.payout) as checked, array(
    select format('payout %s: is %s at version %s, its history says %s at %s', p.id, p.state,
      p.version, coalesce(h.last_state, 'nothing'), coalesce(h.steps, 0))
    from payout.payout p left join (
      select payout_id, count(*) as steps, bool_and(unbroken) as unbroken,
        (array_agg(to_state order by number desc))[1] as last_state
      from (
        select payout_id, number, to_state, from_state is not distinct from
          lag(to_state) over (partition by payout_id order by number) as unbroken
        from payout.transition
      ) as step
      group by payout_id
    ) as h on h.payout_id = p.id
    where p.state is distinct from h.last_state or p.version is distinct from h.steps::int
      or not h.unbroken
    order by p.id limit 20) as violations`;

/**
 * What left the bank against what we hold. $1 to $4: keys, minor units, currencies and statuses of
 * the bank's list; $5: a time before the list was read, since a payout that settles meanwhile is
 * rightly missing in it.
 */
const atTheBank = `
  with bank as (
    select key, minor, currency
    from unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
      as listed (key, minor, currency, status)
    where status <> 'rejected'
  ),
  paid as (
    select b.key, b.minor, b.currency, a.payout_id, a.rejected, a.amount_minor,
      a.currency as our_currency
    from bank b left join payout.attempt a on a.attempt_key = b.key
  ),
  found as (
    select format('payout %s: paid %s times, as %s', payout_id, count(*),
      string_agg(key, ', ' order by key)) as line
    from paid where payout_id is not null group by payout_id having count(*) > 1
    union all
    select format('bank payment %s: no attempt of ours has this key', key)
    from paid where payout_id is null
    union all
    select format('bank payment %s: %s %s, our attempt: %s %s (minor units)', key, minor, currency,
      amount_minor, our_currency)
    from paid where (minor, currency) is distinct from (amount_minor, our_currency)
      and payout_id is not null
    union all
    select format('bank payment %s: recorded here as rejected', key) from paid where rejected
    union all
    select format('payout %s: %s here, and not in the bank''s books', p.id, p.state)
    from payout.payout p
    where p.changed_at <= $5 and p.state in ('settled', 'final', 'returned') and not exists (
      select from paid where paid.payout_id = p.id)
  )
  select (select count(*) from bank) as checked,
    array(select line from found order by line limit 20) as violations`;

/**
 * Proves I6, no payout twice at the bank, over everything stored; with `bank` against the bank's
 * own books too. Right at any moment, payouts under way included.
 *
 * @param bank the books of the bank that every payout goes to; without it only our side is proved.
 */
export async function checkPayouts(
  queryable: Queryable,
  bank?: BankPayments,
): Promise<readonly Invariant[]> {
  const own = [
    { title: 'every attempt has the amount of its payout', sql: amounts },
    { title: 'one live attempt per payout at most', sql: liveAttempts },
    { title: 'nothing is sent again before the bank said not-found', sql: submissions },
    { title: 'every payout stands where its unbroken history left it', sql: histories },
  ];
  const invariants: Invariant[] = [];
  for (const { title, sql } of own) invariants.push(await check(queryable, title, sql));
  if (bank !== undefined) invariants.push(await checkBank(queryable, bank));
  return invariants;
}

async function checkBank(queryable: Queryable, bank: BankPayments): Promise<Invariant> {
  const [clock] = await queryable.query<{ now: Date }>('select now() as now');
  const payments = await bank.payments();
  return check(queryable, 'no payout twice at the bank, and none but ours', atTheBank, [
    payments.map(({ attemptKey }) => attemptKey),
    payments.map(({ amount }) => amount.minor),
    payments.map(({ amount }) => amount.currency),
    payments.map(({ status }) => status),
    clock?.now,
  ]);
}

async function check(
  queryable: Queryable,
  title: string,
  sql: string,
  values?: readonly unknown[],
): Promise<Invariant> {
  const [finding] = await queryable.query<Finding>(sql, values);
  if (finding === undefined) throw new Error(`the check "${title}" gave no row`);
  const { checked, violations } = finding;
  return { id: 'I6', title, checked: Number(checked), violations };
}
