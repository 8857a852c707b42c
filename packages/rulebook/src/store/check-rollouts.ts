import {
  maxViolations,
  requestHash,
  type Invariant,
  type Json,
  type Queryable,
} from '@sluice/database';
import { expectedVersion, hasEnded, stepOf } from '../domain/rollout.ts';
import { listRollouts, type Rollout } from './read-rollouts.ts';
import { readRuleSets, type PublishedRuleSet } from './read-rule-sets.ts';

/**
 * Checks that every rollout left what it says: each step's version was published by that step, and
 * what an ended one was ended with is what stands under its last version (I5).
 */
export async function checkRollouts(queryable: Queryable): Promise<Invariant> {
  const rollouts = await listRollouts(queryable, null);
  const violations: string[] = [];
  for (const rollout of rollouts) {
    const published = await readVersions(queryable, rollout);
    violations.push(...stepFaults(rollout, published), ...endFaults(rollout, published));
  }
  return {
    id: 'I5',
    title: 'every rollout published what its steps say, and ended as it says',
    checked: rollouts.length,
    violations: violations.slice(0, maxViolations),
  };
}

type Versions = ReadonlyMap<number, PublishedRuleSet>;

async function readVersions(
  queryable: Queryable,
  { setId, baseVersion, steps }: Rollout,
): Promise<Versions> {
  const ofSteps = steps.flatMap(({ version }) => (version === null ? [] : [version]));
  const versions = [...new Set([baseVersion, ...ofSteps])];
  const names = versions.map((version) => ({ setId, version }));
  const published = await readRuleSets(queryable, names);
  return new Map(published.map((one) => [one.version, one]));
}

function stepFaults({ rolloutId, steps, stages }: Rollout, published: Versions): readonly string[] {
  return steps.flatMap(({ number, stage, reach, version }, index) => {
    const faults: string[] = [];
    const before = steps[index - 1];
    const name = `rollout ${rolloutId}, step ${number}`;
    if (number !== index + 1) faults.push(`${name}: it is step ${index + 1}`);
    if (stage !== null && stages[stage]?.reach !== reach) faults.push(`${name}: not its stage`);
    if (version === null || version === before?.version) return faults;
    const publishedBy = published.get(version)?.publishedBy;
    if (publishedBy !== name) faults.push(`${name}: v${version} is of ${publishedBy ?? 'nobody'}`);
    return faults;
  });
}

function endFaults(rollout: Rollout, published: Versions): readonly string[] {
  if (!hasEnded(rollout)) return [];
  const { rolloutId, state, steps, stages, baseVersion } = rollout;
  const last = steps.at(-1);
  const isBack = stepOf(rollout) > 0 && last?.stage === null;
  if (isBack !== (state === 'rolled-back')) return [`rollout ${rolloutId}: not ${state}`];
  if (state === 'completed' && last?.stage !== stages.length - 1) {
    return [`rollout ${rolloutId}: completed before its last stage`];
  }
  if (!isBack) return [];
  const [back, base] = [expectedVersion(rollout), baseVersion].map((one) => published.get(one));
  if (contentHash(back) === contentHash(base)) return [];
  return [`rollout ${rolloutId}: v${back?.version} is not v${baseVersion} again`];
}

function contentHash(ruleSet: PublishedRuleSet | undefined): string {
  const content = ruleSet?.content as Readonly<Record<string, Json>> | undefined;
  return requestHash({ ...content, version: 0 });
}
