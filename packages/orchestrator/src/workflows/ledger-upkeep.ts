import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { LedgerSealed, LedgerUpkeepInput, LedgerUpkeepProgress } from '../contract.ts';
import { bulk, database } from './activity-proxies.ts';
import { table } from './markdown.ts';
import { requireWhole } from './refusals.ts';

/** Has it look now, and from now on so often. */
export const keepUpEvery = defineSignal<[everyMs: number]>('keepUpEvery');

/** What has been done since the workflow began, and where the chain stands. */
export const ledgerUpkeepView = defineQuery<LedgerUpkeepProgress>('ledgerUpkeepView');

/** Freed in one transaction: each locks two accounts. */
const maxHolds = 1_000;
const maxEveryMs = 24 * 3_600_000;

const nothingYet: LedgerUpkeepProgress = { seals: 0, transfers: 0, holds: 0, last: null };

/**
 * What the ledger needs done behind its writers, for ever: holds whose time is over are freed, and
 * what is recorded is sealed into the hash chain. Each round stands by itself, so it may stop
 * anywhere and go on later; a round that comes late is only late.
 */
export async function ledgerUpkeep(input: LedgerUpkeepInput): Promise<void> {
  let everyMs = input.everyMs;
  let progress = input.progress ?? nothingYet;
  let asked = false;
  requireWhole('everyMs', everyMs, { min: 1, max: maxEveryMs });
  setHandler(ledgerUpkeepView, () => progress, { description: 'seals, their lag, freed holds' });
  setHandler(
    keepUpEvery,
    (ms) => {
      asked = true;
      if (Number.isInteger(ms) && ms >= 1 && ms <= maxEveryMs) everyMs = ms;
    },
    { description: 'look now, and from now on every so many milliseconds' },
  );
  for (;;) {
    asked = false;
    const round = await keepUp(progress);
    progress = round.progress;
    setCurrentDetails(describe(progress, everyMs));
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof ledgerUpkeep>({ everyMs, progress });
    }
    if (!round.hasMore) await condition(() => asked, everyMs, { summary: 'until the next round' });
  }
}

interface Round {
  readonly progress: LedgerUpkeepProgress;
  /** There was more to do than one round does. */
  readonly hasMore: boolean;
}

/** Freed holds are transfers too, so they are sealed in the same round. */
async function keepUp({ seals, transfers, holds }: LedgerUpkeepProgress): Promise<Round> {
  const { expired } = await database.expireHolds.executeWithOptions(
    { summary: 'free holds whose time is over' },
    [{ limit: maxHolds }],
  );
  const last = await bulk.sealLedger.executeWithOptions({ summary: 'seal what is recorded' }, [{}]);
  return {
    progress: {
      seals: seals + last.seals,
      transfers: transfers + last.transfers,
      holds: holds + expired,
      last,
    },
    hasMore: expired === maxHolds || last.kind === 'overtaken',
  };
}

const said = {
  sealed: 'all that was recorded is sealed',
  'nothing-new': 'nothing new to seal',
  waiting: 'a transaction under way may still record something: sealed later',
  overtaken: 'another sealer was faster',
} as const;

function describe(
  { seals, transfers, holds, last }: LedgerUpkeepProgress,
  everyMs: number,
): string {
  return table('Upkeep of the ledger', {
    'Last round': last === null ? '' : said[last.kind],
    'Last seal': last === null ? '' : describeHead(last.head),
    'Head hash': last?.head.hash ?? '',
    Lag: last === null ? '' : `${(last.lagMs / 1_000).toFixed(1)} s`,
    Sealed: `${transfers} transfers in ${seals} seals`,
    'Holds freed': holds,
    Every: `${everyMs / 1_000} s`,
  });
}

function describeHead({ number, through }: LedgerSealed['head']): string {
  return number === 0 ? 'none yet' : `${number}, through ${through}`;
}
