import { maxViolations, readReceiptKeys, type Database, type Invariant } from '@sluice/database';
import { readReferenced } from '@sluice/ledger';
import { redemptionKeys } from '@sluice/orchestrator';
import { readPayoutIds } from '@sluice/payout';
import { readUnpaid } from '@sluice/pool';

const pageSize = 5_000;

/**
 * Checks that what was refused or parked left no trace but its receipt: no transfer names it, no
 * payout was made for it, and the receipt that keeps it refused is there.
 */
export async function checkRefusals(database: Database): Promise<Invariant> {
  const violations: string[] = [];
  let checked = 0;
  for (let after = ''; ;) {
    const unpaid = await readUnpaid(database, { after, limit: pageSize });
    violations.push(...(await tracesOf(database, unpaid)));
    checked += unpaid.length;
    if (unpaid.length < pageSize) break;
    after = unpaid.at(-1)?.redemptionId ?? after;
  }
  return {
    id: 'I12',
    title: 'a refusal leaves no trace but its receipt',
    checked,
    violations: violations.slice(0, maxViolations),
  };
}

async function tracesOf(
  database: Database,
  unpaid: readonly { readonly redemptionId: string; readonly status: string }[],
): Promise<readonly string[]> {
  const ids = unpaid.map(({ redemptionId }) => redemptionId);
  const posted = await readReferenced(database, ids);
  const paidOut = await readPayoutIds(database, ids.map(redemptionKeys.payout));
  const kept = await readReceiptKeys(database, ids.map(redemptionKeys.receipt));
  return unpaid.flatMap(({ redemptionId, status }) => {
    const name = `redemption ${redemptionId} is ${status}`;
    return [
      ...(posted.has(redemptionId) ? [`${name}, but the ledger has transfers of it`] : []),
      ...(paidOut.has(redemptionKeys.payout(redemptionId)) ? [`${name}, but has a payout`] : []),
      ...(kept.has(redemptionKeys.receipt(redemptionId)) ? [] : [`${name}, but has no receipt`]),
    ];
  });
}
