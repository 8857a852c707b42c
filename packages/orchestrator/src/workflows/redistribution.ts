import { CancellationScope, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { RedistributionInput, RedistributionResult } from '../contract.ts';
import { searchAttributes } from '../search-attributes.ts';
import { database } from './activity-proxies.ts';
import { failWith, isRefusal } from './refusals.ts';

/**
 * Moves the whole balance of one generation of sub-accounts into the fewer ones of the next.
 * Meanwhile the main account's state is `redistributing`, and settlement tasks wait. Each step is
 * safe to repeat, so a crash between any two is picked up by the retry; and since every payout
 * waits for its end, it cannot be cancelled half-way.
 */
export function redistribution(input: RedistributionInput): Promise<RedistributionResult> {
  return CancellationScope.nonCancellable(() => redistribute(input));
}

async function redistribute(input: RedistributionInput): Promise<RedistributionResult> {
  upsertSearchAttributes([{ key: searchAttributes.mainAccountId, value: input.mainAccountId }]);
  const begun = await database.beginRedistribution.executeWithOptions(
    { summary: `tasks wait; generation ${input.generation} is fenced off` },
    [input],
  );
  if (isRefusal(begun)) failWith(begun);
  const { subAccounts } = begun;
  if (begun.kind === 'not-needed') {
    setCurrentDetails(`generation ${input.generation} needs no redistribution any more`);
    return { kind: 'not-needed', generation: input.generation, subAccounts };
  }
  await database.moveBalances.executeWithOptions(
    { summary: `the whole balance into ${subAccounts} sub-accounts` },
    [input],
  );
  const result = await database.completeRedistribution.executeWithOptions(
    { summary: 'total checked; state updated' },
    [input],
  );
  if (isRefusal(result)) failWith(result);
  setCurrentDetails(
    `generation ${input.generation} moved whole into generation ${result.generation}, ` +
      `${result.subAccounts} sub-accounts`,
  );
  return result;
}
