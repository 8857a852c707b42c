import type { Database } from '@sluice/database';
import { readOutcomes, type Outcome } from '@sluice/pool';

const pageSize = 1_000;

/**
 * By which tariffs the platform took its fee of redemptions, by redemption id: such as
 * `platform-fee-2017@1`. Page by page, so that their number does not matter.
 */
export async function readFeeTariffs(
  database: Database,
  redemptionIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const tariffs = new Map<string, string>();
  for (let at = 0; at < redemptionIds.length; at += pageSize) {
    for (const outcome of await readOutcomes(database, redemptionIds.slice(at, at + pageSize))) {
      tariffs.set(outcome.redemptionId, tariffsOf(outcome).join(' and '));
    }
  }
  return tariffs;
}

type Fees = Readonly<Record<string, { readonly tariff: string }>>;

/** Id and version, without the cells: `platform-fee-2017@1`. */
function tariffsOf({ explanation }: Outcome): readonly string[] {
  const { fees = {} } = explanation as { readonly fees?: Fees };
  return [...new Set(Object.values(fees).map(({ tariff }) => tariff.split('/', 1).join('')))];
}
