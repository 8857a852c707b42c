import type { Queryable } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import { readHead, type MainAccountHead } from './main-account-head.ts';

/** A sub-account of any generation; it is active when its generation is. */
export interface SubAccount {
  readonly code: string;
  readonly generation: number;
  readonly number: number;
  /** How many tasks it paid, a sweep's parts included. */
  readonly tasks: number;
}

/** One redistribution, from a generation to the next. Totals are in minor units. */
export interface RedistributionRecord {
  readonly fromGeneration: number;
  readonly fromSize: number;
  readonly toSize: number;
  readonly totalBeforeMinor: bigint;
  /** Null while it is under way. */
  readonly totalAfterMinor: bigint | null;
  readonly begunAt: Date;
  /** Null while it is under way. */
  readonly completedAt: Date | null;
}

/** The whole structure of a main account; balances are the ledger's to tell. */
export interface MainAccount extends MainAccountHead {
  /** Tasks that have a number, routed or not. */
  readonly tasksNumbered: bigint;
  /** All generations, oldest first. */
  readonly subAccounts: readonly SubAccount[];
  /** Oldest first. */
  readonly redistributions: readonly RedistributionRecord[];
}

/** Reads a main account for people and reports, or refuses with `MAIN_ACCOUNT_UNKNOWN`. */
export async function readMainAccount(q: Queryable, id: string): Promise<MainAccount | Refusal> {
  const head = await readHead(q, id);
  if (isRefusal(head)) return head;
  const [counter] = await q.query<{ next_sequence: bigint }>(
    'select next_sequence from settlement.task_counter where main_account_id = $1',
    [id],
  );
  return {
    ...head,
    tasksNumbered: counter?.next_sequence ?? 0n,
    subAccounts: await readSubAccounts(q, id),
    redistributions: await readRedistributions(q, id),
  };
}

function readSubAccounts(q: Queryable, id: string): Promise<readonly SubAccount[]> {
  return q.query<SubAccount>(
    `select code, generation, number, count(part.task_key)::integer as tasks
     from settlement.sub_account
     left join settlement.route_part as part on part.account = sub_account.code
     where main_account_id = $1
     group by code
     order by generation, number`,
    [id],
  );
}

function readRedistributions(q: Queryable, id: string): Promise<readonly RedistributionRecord[]> {
  return q.query<RedistributionRecord>(
    `select from_generation as "fromGeneration", from_size as "fromSize", to_size as "toSize",
       total_before_minor as "totalBeforeMinor", total_after_minor as "totalAfterMinor",
       begun_at as "begunAt", completed_at as "completedAt"
     from settlement.redistribution
     where main_account_id = $1
     order by from_generation`,
    [id],
  );
}
