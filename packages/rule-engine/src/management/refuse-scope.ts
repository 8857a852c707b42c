import { refuse, type Refusal } from '@sluice/money';
import type { RuleSet } from '../language/rule-set.ts';
import type { Terminal } from './terminal.ts';

/** Refuses a set that is for another device or another user: `RULE_SET_SCOPE_MISMATCH`. */
export function refuseScope({ id, scope }: RuleSet, terminal: Terminal): Refusal | null {
  const { deviceId, userId } = terminal;
  if (scope.level === 'base' || scope.level === 'institution') return null;
  if (scope.id === (scope.level === 'device' ? deviceId : userId)) return null;
  const whose = `${scope.level} ${scope.id ?? ''}`;
  return refuse(
    'RULE_SET_SCOPE_MISMATCH',
    `rule set "${id}" is for ${whose}, not for this terminal: send it where it belongs`,
    { ruleSetId: id, level: scope.level, scopeId: scope.id, deviceId, userId: userId ?? null },
  );
}
