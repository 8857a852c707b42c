import type { Invariant, Queryable } from '@sluice/database';
import { readAccounts, type Balances } from './balances.ts';

const maxViolations = 20;

/**
 * Checks what must always hold of settlement (I9), over everything that is stored: totals survive
 * redistribution, retired generations hold nothing, and each task was settled where the rule says.
 *
 * @param balances of the same moment as `q`: run both in one transaction while work goes on.
 */
export async function checkSettlement(
  q: Queryable,
  balances: Balances,
): Promise<readonly Invariant[]> {
  const held = await readHeld(q, balances);
  return [await checkTotals(q, held), checkRetired(held), await checkRoutes(q)];
}

interface HeldRow {
  readonly code: string;
  readonly main_account_id: string;
  readonly generation: number;
  readonly active: number;
}

interface Held extends HeldRow {
  readonly balanceMinor: bigint;
}

/** What retired generations hold, and both ends of each redistribution that is under way. */
async function readHeld(q: Queryable, balances: Balances): Promise<readonly Held[]> {
  const rows = await q.query<HeldRow>(
    `select sub.code, sub.main_account_id, sub.generation, main.generation as active
     from settlement.sub_account as sub
     join settlement.main_account as main on main.id = sub.main_account_id
     where sub.generation < main.generation or main.state = 'redistributing'
     order by sub.main_account_id, sub.generation, sub.number`,
  );
  const accounts = await readAccounts(
    balances,
    rows.map(({ code }) => code),
  );
  return rows.map((row, index) => ({
    ...row,
    balanceMinor: accounts[index]?.balanceMinor ?? 0n,
  }));
}

async function checkTotals(q: Queryable, held: readonly Held[]): Promise<Invariant> {
  const rows = await q.query<{
    main_account_id: string;
    from_generation: number;
    total_before_minor: bigint;
    total_after_minor: bigint | null;
  }>(
    `select main_account_id, from_generation, total_before_minor, total_after_minor
     from settlement.redistribution order by main_account_id, from_generation`,
  );
  const underWay = new Map<string, bigint>();
  for (const { main_account_id: id, generation, active, balanceMinor } of held) {
    if (generation >= active) underWay.set(id, (underWay.get(id) ?? 0n) + balanceMinor);
  }
  const violations = rows.flatMap((row) => {
    const after = row.total_after_minor ?? underWay.get(row.main_account_id) ?? 0n;
    return after === row.total_before_minor
      ? []
      : [
          `${row.main_account_id}: generation ${row.from_generation} held ` +
            `${row.total_before_minor} before its redistribution, ${after} after`,
        ];
  });
  return {
    id: 'I9',
    title: 'sub-account totals survive redistribution',
    checked: rows.length,
    violations: violations.slice(0, maxViolations),
  };
}

function checkRetired(held: readonly Held[]): Invariant {
  const retired = held.filter(({ generation, active }) => generation < active);
  return {
    id: 'I9',
    title: 'retired generations hold nothing',
    checked: retired.length,
    violations: retired
      .filter(({ balanceMinor }) => balanceMinor !== 0n)
      .map(({ code, balanceMinor }) => `${code} is retired and holds ${balanceMinor}`)
      .slice(0, maxViolations),
  };
}

/**
 * A task's parts must lie in its own main account and generation, in the order that starts at its
 * number mod the generation's size, and add up to its amount.
 */
const routeProblems = `
  with sized as (
    select main_account_id, generation, count(*) as size
    from settlement.sub_account group by main_account_id, generation
  ), placed as (
    select route.task_key, route.amount_minor, part.place, part.amount_minor as part_minor,
      sub.main_account_id = task.main_account_id and sub.generation = route.generation as at_home,
      mod(sub.number - mod(task.sequence, sized.size) + sized.size, sized.size) as steps
    from settlement.route
    join settlement.task using (task_key)
    left join settlement.route_part as part using (task_key)
    left join settlement.sub_account as sub on sub.code = part.account
    left join sized
      on sized.main_account_id = task.main_account_id and sized.generation = route.generation
  ), stepped as (
    select *,
      steps > lag(steps, 1, -1::bigint) over (partition by task_key order by place) as onward
    from placed
  )
  select task_key, coalesce(bool_and(at_home), false) as at_home,
    coalesce(bool_and(onward), false) as onward,
    amount_minor as wanted_minor, coalesce(sum(part_minor), 0)::bigint as paid_minor
  from stepped
  group by task_key, amount_minor
  having not coalesce(bool_and(at_home and onward), false)
    or amount_minor is distinct from sum(part_minor)
  order by task_key limit ${maxViolations}`;

async function checkRoutes(q: Queryable): Promise<Invariant> {
  const [count] = await q.query<{ routes: bigint }>(
    'select count(*) as routes from settlement.route',
  );
  const rows = await q.query<{
    task_key: string;
    at_home: boolean;
    onward: boolean;
    wanted_minor: bigint;
    paid_minor: bigint;
  }>(routeProblems);
  return {
    id: 'I9',
    title: 'each task was settled on sub-account number mod N or a later one of its generation',
    checked: Number(count?.routes ?? 0n),
    violations: rows.map((row) => {
      if (!row.at_home) return `${row.task_key}: a sub-account of another generation or account`;
      if (!row.onward) return `${row.task_key}: sub-accounts out of order`;
      return `${row.task_key}: parts add up to ${row.paid_minor}, not ${row.wanted_minor}`;
    }),
  };
}
