import { findViolations, maxViolations, type Invariant, type Queryable } from '@sluice/database';

/** Each check is one statement that gives one row per violation, as a sentence. */
const outcomeChecks = [
  `select
     format('redemption %s of batch %s is waiting: taken in, not decided', id, batch_id) as text
   from pool.redemption
   where not exists (select from pool.outcome where outcome.redemption_id = redemption.id)
   order by sequence limit ${maxViolations}`,
  `select format('redemption %s is %s without a reason', redemption_id, status) as text
   from pool.outcome
   where status <> 'paid'
     and (refusal_code is null or refusal ->> 'code' is distinct from refusal_code)
   order by decision limit ${maxViolations}`,
];

const drawChecks = [
  `select format('redemption %s is %s with a subsidy of %s, its lines sum to %s',
     outcome.redemption_id, status, subsidy_minor, coalesce(lines.total, 0)) as text
   from pool.outcome
   left join (
     select redemption_id, sum(amount_minor) as total from pool.draw_line group by redemption_id
   ) as lines using (redemption_id)
   where coalesce(lines.total, 0) <> case status when 'paid' then subsidy_minor else 0 end
   order by decision limit ${maxViolations}`,
  `select format('redemption %s brings source %s of pool %s to %s, its mandate is %s',
     redemption_id, source_id, pool_id, running, limit_minor) as text
   from (
     select line.redemption_id, line.source_id, outcome.pool_id, outcome.decision,
       mandate.limit_minor, sum(line.amount_minor) over (
         partition by outcome.pool_id, line.source_id order by outcome.decision, line.line
       ) as running
     from pool.draw_line line
     join pool.outcome on outcome.redemption_id = line.redemption_id
     left join pool.mandate
       on mandate.pool_id = outcome.pool_id and mandate.source_id = line.source_id
   ) as drawn
   where running > coalesce(limit_minor, 0)
   order by decision limit ${maxViolations}`,
  `select format('pool %s has drawn %s from source %s, its lines sum to %s',
     pool_id, drawn_minor, source_id, coalesce(lines.total, 0)) as text
   from pool.mandate
   left join (
     select outcome.pool_id, line.source_id, sum(line.amount_minor) as total
     from pool.draw_line line
     join pool.outcome on outcome.redemption_id = line.redemption_id
     group by outcome.pool_id, line.source_id
   ) as lines using (pool_id, source_id)
   where drawn_minor <> coalesce(lines.total, 0)
   order by pool_id, source_id limit ${maxViolations}`,
  `select format('pool %s has drawn %s, its mandates %s, its size is %s',
     pool.id, pool.drawn_minor, coalesce(sum(mandate.drawn_minor), 0), pool.size_minor) as text
   from pool.pool
   left join pool.mandate on mandate.pool_id = pool.id
   group by pool.id
   having pool.drawn_minor <> coalesce(sum(mandate.drawn_minor), 0)
     or pool.drawn_minor > pool.size_minor
   order by pool.id limit ${maxViolations}`,
];

const tillChecks = [
  `select format('redemption %s is paid, and not as the till decided it', redemption_id) as text
   from pool.outcome
   join pool.redemption on redemption.id = outcome.redemption_id
   where till_decision is not null and outcome.status = 'paid'
     and explanation ->> 'till' is distinct from 'same'
   order by decision limit ${maxViolations}`,
];

/**
 * Checks over everything that is stored that each redemption came to an end (I7: one without an
 * outcome is listed as waiting), that nothing was paid otherwise than a till decided it (I5: its
 * explanation says so), and that the draws add up (I8: lines to the subsidy; each source
 * within its mandate at every decision; mandates and pool to the lines).
 */
export async function checkPool(queryable: Queryable): Promise<readonly Invariant[]> {
  return [
    {
      id: 'I7',
      title: 'each redemption ends paid, refused with a reason, or parked in plain sight',
      checked: await countRows(queryable, 'select count(*)::integer as rows from pool.redemption'),
      violations: await findViolations(queryable, outcomeChecks),
    },
    {
      id: 'I5',
      title: "what came with a till's decision was paid only where the server decided the same",
      checked: await countRows(
        queryable,
        'select count(till_decision)::integer as rows from pool.redemption',
      ),
      violations: await findViolations(queryable, tillChecks),
    },
    {
      id: 'I8',
      title: 'draw lines sum to the subsidy, each within its mandate',
      checked: await countRows(queryable, 'select count(*)::integer as rows from pool.outcome'),
      violations: await findViolations(queryable, drawChecks),
    },
  ];
}

async function countRows(queryable: Queryable, sql: string): Promise<number> {
  const [row] = await queryable.query<{ rows: number }>(sql);
  return row?.rows ?? 0;
}
