import type { WireMoney } from '@sluice/money';
import type { RuleRolloutInput, RuleRolloutView } from '../rule-rollout-contract.ts';
import { amountText, table } from './markdown.ts';

/** `shadow`, `5 %`. */
export function stageText({ step, stage, reach }: RuleRolloutView): string {
  if (step === 0) return 'not begun';
  if (stage === null) return 'rolled back';
  return reach === null ? 'shadow' : `${reach / 1_000} %`;
}

/** The page of a rollout. */
export function describeRollout({ setId }: RuleRolloutInput, view: RuleRolloutView): string {
  const { rolloutId, state, why, baseVersion, inForce, step, stage, stages, report } = view;
  const { runs, disagreements, failures, difference, moved } = report;
  return table(`Rollout ${rolloutId} of rule set ${setId}`, {
    State: `${state}: ${why}`,
    Stage: stage === null ? stageText(view) : `${stageText(view)} (${stage + 1} of ${stages})`,
    Step: step,
    'In force': `v${inForce}${inForce === baseVersion ? ', the base' : ''}`,
    'Goes back to': `v${baseVersion}`,
    Runs: runs,
    Differ: shareText(disagreements, runs),
    'The draft cannot tell': shareText(failures, runs),
    'The draft gives more by': amounts(difference),
    Moved: amounts(moved),
    Gate: `${view.verdict}: ${view.reason}`,
  });
}

function shareText(count: number, runs: number): string {
  return runs === 0 ? `${count}` : `${count} (${((100 * count) / runs).toFixed(2)} %)`;
}

function amounts(all: readonly WireMoney[]): string {
  return all.length === 0 ? 'nothing' : all.map(amountText).join(', ');
}
