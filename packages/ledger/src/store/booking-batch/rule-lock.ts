import type { Tx } from '@sluice/database';

/**
 * Whoever puts entries into a rule's open task holds its lock shared until the end of the
 * transaction, and whoever closes the task takes it alone: what was being put in is in when the
 * task closes, and nothing comes after. Gatherers do not wait for one another. The statement that
 * reads the task has to come after: then it sees what the lock's last holder did.
 */
const lockShared = `
  select pg_advisory_xact_lock_shared(hashtextextended(rule, 4711))
  from (select unnest($1::text[]) as rule order by 1) wanted`;

const lockAlone = 'select pg_advisory_xact_lock(hashtextextended($1, 4711))';

/** A booking rule, and whose it is. */
export interface RuleName {
  readonly institution: string;
  /** Its business type. */
  readonly rule: string;
}

/** Until the end of the transaction, no task of these rules is closed. */
export async function lockForGathering(tx: Tx, rules: readonly RuleName[]): Promise<void> {
  await tx.query(lockShared, [rules.map(lockName)]);
}

/** Until the end of the transaction, nothing is put into a task of this rule. */
export async function lockForClosing(tx: Tx, rule: RuleName): Promise<void> {
  await tx.query(lockAlone, [lockName(rule)]);
}

/** One text for a rule; no name holds a line break. */
export function lockName({ institution, rule }: RuleName): string {
  return `${institution}\n${rule}`;
}
