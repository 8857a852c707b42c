import { RetryTransactionError, type Tx } from '@sluice/database';
import { refuse, type Refusal } from '@sluice/money';
import { mainAccountUnknown } from './main-account-head.ts';

/** Which task, of which main account. */
export interface TaskName {
  readonly mainAccountId: string;
  /** Business key of what is to be paid, such as a payout attempt. */
  readonly taskKey: string;
}

/**
 * Gives a task its number in sequence 2 (claim 2), from 0 without gaps; a retry gets the same one.
 * Run it in a transaction of its own: it holds the main account's counter until the commit.
 *
 * @returns the number, or the refusals `MAIN_ACCOUNT_UNKNOWN`, `TASK_KEY_INVALID`, `TASK_REUSED`.
 */
export async function numberTask(tx: Tx, task: TaskName): Promise<bigint | Refusal> {
  const { mainAccountId, taskKey } = task;
  if (taskKey === '') {
    return refuse('TASK_KEY_INVALID', 'a task has an empty key: name what is paid', {
      mainAccountId,
    });
  }
  const [known] = await tx.query<{ main_account_id: string; sequence: bigint }>(
    'select main_account_id, sequence from settlement.task where task_key = $1',
    [taskKey],
  );
  if (known === undefined) return takeNumber(tx, task);
  if (known.main_account_id === mainAccountId) return known.sequence;
  return refuse(
    'TASK_REUSED',
    `task "${taskKey}" belongs to main account "${known.main_account_id}": use another key`,
    { taskKey, mainAccountId, belongsTo: known.main_account_id },
  );
}

async function takeNumber(tx: Tx, { mainAccountId, taskKey }: TaskName): Promise<bigint | Refusal> {
  const [counter] = await tx.query<{ sequence: bigint }>(
    `update settlement.task_counter set next_sequence = next_sequence + 1
     where main_account_id = $1
     returning next_sequence - 1 as sequence`,
    [mainAccountId],
  );
  if (counter === undefined) return mainAccountUnknown(mainAccountId);
  const numbered = await tx.query(
    `insert into settlement.task (task_key, main_account_id, sequence) values ($1, $2, $3)
     on conflict (task_key) do nothing
     returning task_key`,
    [taskKey, mainAccountId, counter.sequence],
  );
  // Rolling back gives the number back, so the sequence has no gaps.
  if (numbered.length === 0) throw new RetryTransactionError(`${taskKey} was numbered meanwhile`);
  return counter.sequence;
}
