import type { Database } from '@sluice/database';
import { isRefusal } from '@sluice/money';
import { readTillDecisions } from '@sluice/pool';
import type { ReadRow } from '../redeem/read-redemptions.ts';
import type { DecideOnTill } from './till.ts';

/**
 * Gives each row what a till decides for it. A till decides once: a redemption that was recorded
 * before keeps what was decided then, or that nothing was.
 */
export async function* decideRows(
  database: Database,
  decide: DecideOnTill,
  batches: AsyncIterable<readonly ReadRow[]>,
): AsyncGenerator<readonly ReadRow[]> {
  for await (const rows of batches) {
    const ids = rows.flatMap(({ row }) => (isRefusal(row) ? [] : [row.id]));
    const before = await readTillDecisions(database, ids);
    const decided: ReadRow[] = [];
    for (const { line, row } of rows) {
      if (isRefusal(row)) decided.push({ line, row });
      else {
        const known = before.get(row.id);
        const tillDecision = known === undefined ? await decide(row) : known;
        decided.push({ line, row: { ...row, tillDecision } });
      }
    }
    yield decided;
  }
}
