import { refuse, type Refusal } from '@sluice/money';
import { isCalendarDate } from './calendar-date.ts';
import { compareForWaterfall, type FundingSource, type Purpose } from './funding-source.ts';

/** One chosen source with the most that the pool may call from it, in minor units. */
export interface Mandate {
  readonly source: FundingSource;
  readonly limitMinor: bigint;
}

/** The sources that stand behind a pool, in the order of the waterfall. */
export interface FundingPlan {
  readonly sizeMinor: bigint;
  readonly mandates: readonly Mandate[];
}

/** What {@link planFunding} chooses from. */
export interface FundingNeed {
  /** The pool's size in minor units, as `sizePool` gave it. */
  readonly sizeMinor: bigint;
  readonly sources: readonly FundingSource[];
}

/**
 * Chooses the funding sources whose capacities together are no less than the pool's size (claim
 * 3), and the mandate that the intermediary account holds on each. For every purpose the first
 * source that serves it is chosen, whatever the sum; then further ones in the order of the
 * waterfall until the size is reached. So a bank line that stands behind the rest is called in
 * only where the capacities before it are smaller than the size.
 *
 * A mandate's limit is the source's capacity, but never more than the whole pool: authority beyond
 * that would be of no use.
 *
 * @returns the plan, or `FUNDING_INSUFFICIENT` with what is missing, or `FUNDING_SOURCE_INVALID`.
 */
export function planFunding({ sizeMinor, sources }: FundingNeed): FundingPlan | Refusal {
  const invalid = findInvalid(sources);
  if (invalid !== undefined) return invalid;
  const ordered = sources.toSorted(compareForWaterfall);
  const available = sumOfCapacities(ordered);
  if (available < sizeMinor) return insufficient(sizeMinor, available);
  const chosen = chooseSources(ordered, sizeMinor);
  return {
    sizeMinor,
    mandates: ordered
      .filter((source) => chosen.has(source))
      .map((source) => ({ source, limitMinor: smaller(source.capacityMinor, sizeMinor) })),
  };
}

function chooseSources(
  ordered: readonly FundingSource[],
  sizeMinor: bigint,
): ReadonlySet<FundingSource> {
  const chosen = new Set<FundingSource>();
  const served = new Set<string>();
  for (const source of ordered) {
    const purposes = source.serves.map(purposeKey);
    if (purposes.some((purpose) => !served.has(purpose))) chosen.add(source);
    for (const purpose of purposes) served.add(purpose);
  }
  let covered = sumOfCapacities([...chosen]);
  for (const source of ordered) {
    if (covered >= sizeMinor) break;
    if (chosen.has(source)) continue;
    chosen.add(source);
    covered += source.capacityMinor;
  }
  return chosen;
}

function purposeKey({ kind, brand }: Purpose): string {
  return JSON.stringify([kind, brand ?? null]);
}

function sumOfCapacities(sources: readonly FundingSource[]): bigint {
  return sources.reduce((total, { capacityMinor }) => total + capacityMinor, 0n);
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function insufficient(sizeMinor: bigint, available: bigint): Refusal {
  const missing = sizeMinor - available;
  return refuse(
    'FUNDING_INSUFFICIENT',
    `the funding sources provide ${available} minor units, but the pool needs ${sizeMinor}: ` +
      `add ${missing} to a source, or a source`,
    {
      sizeMinor: String(sizeMinor),
      availableMinor: String(available),
      missingMinor: String(missing),
    },
  );
}

function findInvalid(sources: readonly FundingSource[]): Refusal | undefined {
  const ids = new Set<string>();
  const accounts = new Set<string>();
  for (const source of sources) {
    const problem = problemOf(source, ids, accounts);
    if (problem !== undefined) {
      return refuse('FUNDING_SOURCE_INVALID', `funding source "${source.id}": ${problem}`, {
        source: source.id,
      });
    }
    ids.add(source.id);
    accounts.add(source.account);
  }
  return undefined;
}

function problemOf(
  source: FundingSource,
  ids: ReadonlySet<string>,
  accounts: ReadonlySet<string>,
): string | undefined {
  if (source.id === '') return 'has no id: give it one';
  if (ids.has(source.id)) return 'is there twice: give each source an id of its own';
  if (source.account === '') return 'has no account: name the ledger account of its money';
  if (accounts.has(source.account)) {
    return `shares the account "${source.account}": its money would be counted twice`;
  }
  if (source.capacityMinor < 0n) return 'has a capacity below zero: give 0 or more';
  if (!Number.isSafeInteger(source.priority)) return 'has a priority that is not a whole number';
  if (source.expiresOn !== null && !isCalendarDate(source.expiresOn)) {
    return `expires on "${source.expiresOn}": write the date as YYYY-MM-DD`;
  }
  return source.serves.length === 0 ? 'serves no purpose: name at least one kind' : undefined;
}
