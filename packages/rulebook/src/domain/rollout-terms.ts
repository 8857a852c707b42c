import { fromWire, isRefusal, refuse, type Refusal } from '@sluice/money';
import { allBuckets, type RolloutGate, type RolloutStage, type RolloutTerms } from './rollout.ts';

const mostRuns = 1_000_000_000;

/**
 * Says what is wrong with stages, gate and salt of a rollout.
 *
 * @returns `ROLLOUT_TERMS_INVALID` with every fault; null when there is none.
 */
export function refuseTerms({ salt, stages, gate }: RolloutTerms): Refusal | null {
  const faults = [
    ...(salt === '' ? ['salt: expected a text'] : []),
    ...stages.flatMap((stage, index) => stageFaults(stage, index, stages)),
    ...(stages.some(({ reach }) => reach !== null)
      ? []
      : ['stages: expected one that reaches somebody']),
    ...gateFaults(gate),
  ];
  if (faults.length === 0) return null;
  return refuse('ROLLOUT_TERMS_INVALID', faults.join('; '), { faults });
}

function stageFaults(
  { reach, fewestRuns }: RolloutStage,
  index: number,
  stages: readonly RolloutStage[],
): readonly string[] {
  const faults: string[] = [];
  const name = `stages[${index}]`;
  if (!isWhole(fewestRuns, 1, mostRuns)) faults.push(`${name}: expected 1 to ${mostRuns} runs`);
  if (reach === null) return index === 0 ? faults : [...faults, `${name}: shadow comes first`];
  if (!isWhole(reach, 1, allBuckets)) faults.push(`${name}: expected a reach of 1 to 100000`);
  const before = stages[index - 1]?.reach ?? 0;
  if (reach <= before) faults.push(`${name}: expected to reach more than the stage before`);
  return faults;
}

function gateFaults({ failuresPerMillion, moved }: RolloutGate): readonly string[] {
  const faults: string[] = [];
  if (!isWhole(failuresPerMillion, 0, 1_000_000)) {
    faults.push('gate.failuresPerMillion: expected 0 to 1000000');
  }
  for (const limit of moved) {
    const read = fromWire(limit);
    if (isRefusal(read)) faults.push(`gate.moved: ${read.message}`);
    else if (read.minor < 0n) faults.push(`gate.moved: ${limit.amount} is below zero`);
  }
  const currencies = new Set(moved.map(({ currency }) => currency));
  if (currencies.size < moved.length) faults.push('gate.moved: a currency is named twice');
  return faults;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
