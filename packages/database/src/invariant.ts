import type { Queryable } from './database.ts';

/** What a check of one invariant found, over everything that is stored. */
export interface Invariant {
  /** As the design numbers them: `I2`. */
  readonly id: string;
  /** What must hold, as a sentence: `stored balance = sum of postings`. */
  readonly title: string;
  /** How many things were looked at; 0 says that the check had nothing to prove. */
  readonly checked: number;
  /** One line per violation, naming the row; empty when the invariant holds. At most 20. */
  readonly violations: readonly string[];
}

/** An invariant lists no more violations than this. */
export const maxViolations = 20;

/**
 * Runs checks of stored rows.
 *
 * @param checks each is one statement that gives one row per violation, as a sentence in `text`.
 * @returns the first {@link maxViolations} violations.
 */
export async function findViolations(
  queryable: Queryable,
  checks: readonly string[],
): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const sql of checks) {
    const rows = await queryable.query<{ text: string }>(sql);
    violations.push(...rows.map(({ text }) => text));
  }
  return violations.slice(0, maxViolations);
}
