import { RetryTransactionError, type Tx } from '@sluice/database';
import { formatAmount, formatMoney, isRefusal, money, refuse, type Refusal } from '@sluice/money';
import { decideRoute } from '../domain/decide-route.ts';
import { subAccountCode } from '../domain/sub-account-code.ts';
import { readAccounts, type Balances } from './balances.ts';
import {
  activeCodes,
  lockForRouting,
  noteState,
  type MainAccountHead,
} from './main-account-head.ts';
import type { TaskName } from './number-task.ts';

/** What one sub-account, by its code, pays or receives; in minor units, above zero. */
export interface AccountPart {
  readonly account: string;
  readonly amountMinor: bigint;
}

/** Where a task is settled. */
export interface RoutedTask {
  readonly kind: 'routed';
  readonly generation: number;
  readonly epoch: number;
  /** The task's number in sequence 2. */
  readonly sequence: bigint;
  /** One, or several for a sweep; they add up to the amount. */
  readonly parts: readonly AccountPart[];
}

/** Too few sub-accounts are healthy: redistribute this generation first, then route again. */
export interface RedistributeFirst {
  readonly kind: 'redistribute';
  readonly generation: number;
}

/** The main account is redistributing: try again after this interval (claim 4). */
export interface WaitFirst {
  readonly kind: 'wait';
  readonly waitMs: number;
}

export interface RouteTask extends TaskName {
  /** In minor units of the main account's currency, above zero. */
  readonly amountMinor: bigint;
  readonly balances: Balances;
}

/**
 * Routes a numbered task over the active generation (claims 1, 3, 4, 6 and 7) and records it. Post
 * the parts in the same transaction: it keeps a redistribution away until it ends. When the ledger
 * refuses a part, because another task took the money first, throw a `RetryTransactionError`: the
 * route is undone with the transaction and decided again. A routed task gets its recorded route
 * for ever after, so whoever receives it a second time posts under the same key as before.
 *
 * @returns the route, `redistribute` or `wait`, or the refusals `MAIN_ACCOUNT_UNKNOWN`,
 *   `TASK_UNKNOWN`, `TASK_REUSED` (another amount), `AMOUNT_NOT_POSITIVE`, `INSUFFICIENT_BALANCE`.
 */
export async function routeTask(
  tx: Tx,
  request: RouteTask,
): Promise<RoutedTask | RedistributeFirst | WaitFirst | Refusal> {
  const { mainAccountId, taskKey, amountMinor, balances } = request;
  if (amountMinor <= 0n) return amountNotPositive(mainAccountId, amountMinor);
  const head = await lockForRouting(tx, mainAccountId);
  if (isRefusal(head)) return head;
  const task = await findTask(tx, request);
  if (isRefusal(task)) return task;
  if (task.route !== undefined) {
    return task.route.amountMinor === amountMinor ? task.route.answer : amountDiffers(request);
  }
  if (head.state === 'redistributing') return { kind: 'wait', waitMs: head.rule.waitMs };
  const accounts = await readAccounts(balances, activeCodes(head));
  const decision = decideRoute({
    sequence: task.sequence,
    balancesMinor: accounts.map(({ balanceMinor }) => balanceMinor),
    rule: head.rule,
    amountMinor,
  });
  await noteState(tx, head, decision.standing.state);
  if (decision.kind === 'insufficient') {
    return insufficientBalance(head, decision.standing.totalMinor, amountMinor);
  }
  if (decision.kind === 'redistribute') {
    return { kind: 'redistribute', generation: head.generation };
  }
  const { generation, epoch } = head;
  const parts = decision.route.map((part) => ({
    account: subAccountCode(mainAccountId, generation, part.number),
    amountMinor: part.amountMinor,
  }));
  const routed: RoutedTask = { kind: 'routed', generation, epoch, sequence: task.sequence, parts };
  await recordRoute(tx, { taskKey, amountMinor, routed });
  return routed;
}

interface TaskRow {
  readonly sequence: bigint;
  readonly generation: number | null;
  readonly epoch: number | null;
  readonly amount_minor: bigint | null;
  readonly account: string | null;
  readonly part_minor: bigint | null;
}

interface NumberedTask {
  readonly sequence: bigint;
  /** Only when it was routed before. */
  readonly route?: { readonly amountMinor: bigint; readonly answer: RoutedTask };
}

async function findTask(
  tx: Tx,
  { mainAccountId, taskKey }: TaskName,
): Promise<NumberedTask | Refusal> {
  const rows = await tx.query<TaskRow>(
    `select task.sequence, route.generation, route.epoch, route.amount_minor, part.account,
       part.amount_minor as part_minor
     from settlement.task
     left join settlement.route using (task_key)
     left join settlement.route_part as part using (task_key)
     where task.task_key = $1 and task.main_account_id = $2
     order by part.place`,
    [taskKey, mainAccountId],
  );
  const [first] = rows;
  if (first === undefined) {
    return refuse(
      'TASK_UNKNOWN',
      `task "${taskKey}" has no number at main account "${mainAccountId}": number it first`,
      { mainAccountId, taskKey },
    );
  }
  const { sequence, generation, epoch, amount_minor: amountMinor } = first;
  if (generation === null || epoch === null || amountMinor === null) return { sequence };
  const parts = rows.map((row) => ({
    account: row.account ?? '',
    amountMinor: row.part_minor ?? 0n,
  }));
  return {
    sequence,
    route: { amountMinor, answer: { kind: 'routed', generation, epoch, sequence, parts } },
  };
}

async function recordRoute(
  tx: Tx,
  route: {
    readonly taskKey: string;
    readonly amountMinor: bigint;
    readonly routed: RoutedTask;
  },
): Promise<void> {
  const { taskKey, amountMinor, routed } = route;
  const recorded = await tx.query(
    `with fresh as (
       insert into settlement.route (task_key, generation, epoch, amount_minor)
       values ($1, $2, $3, $4)
       on conflict (task_key) do nothing
       returning task_key
     )
     insert into settlement.route_part (task_key, place, account, amount_minor)
     select fresh.task_key, part.place - 1, part.account, part.amount_minor
     from fresh, unnest($5::text[], $6::bigint[]) with ordinality
       as part (account, amount_minor, place)
     returning account`,
    [
      taskKey,
      routed.generation,
      routed.epoch,
      amountMinor,
      routed.parts.map(({ account }) => account),
      routed.parts.map((part) => String(part.amountMinor)),
    ],
  );
  if (recorded.length === 0) throw new RetryTransactionError(`${taskKey} was routed meanwhile`);
}

/** The refusal `AMOUNT_NOT_POSITIVE`. */
export function amountNotPositive(mainAccountId: string, amountMinor: bigint): Refusal {
  return refuse(
    'AMOUNT_NOT_POSITIVE',
    `${amountMinor} minor units cannot be settled on "${mainAccountId}": use more than zero`,
    { mainAccountId, amountMinor: String(amountMinor) },
  );
}

function amountDiffers({ mainAccountId, taskKey, amountMinor }: RouteTask): Refusal {
  return refuse(
    'TASK_REUSED',
    `task "${taskKey}" was settled with another amount: another payment needs a key of its own`,
    { mainAccountId, taskKey, amountMinor: String(amountMinor) },
  );
}

function insufficientBalance(
  head: MainAccountHead,
  totalMinor: bigint,
  amountMinor: bigint,
): Refusal {
  const total = money(totalMinor, head.currency);
  const threshold = money(head.rule.thresholdMinor, head.currency);
  const amount = money(amountMinor, head.currency);
  const lack =
    totalMinor < amountMinor
      ? `less than the ${formatMoney(amount)} asked for`
      : `below its threshold of ${formatMoney(threshold)}`;
  return refuse(
    'INSUFFICIENT_BALANCE',
    `main account "${head.id}" holds ${formatMoney(total)}, ${lack}: put money in and try again`,
    {
      mainAccountId: head.id,
      currency: head.currency,
      amount: formatAmount(amount),
      total: formatAmount(total),
      threshold: formatAmount(threshold),
    },
  );
}
