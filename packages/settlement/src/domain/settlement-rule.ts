import { refuse, type Refusal } from '@sluice/money';

/** How a main account routes its tasks, and when it redistributes. Set when it is opened. */
export interface SettlementRule {
  /**
   * Threshold 1, in minor units, above zero. A sub-account that holds at least this much is
   * healthy. Best not less than the largest usual draw: a healthy sub-account then pays any of
   * them.
   */
  readonly thresholdMinor: bigint;
  /**
   * The preset value: redistribute when the share of healthy sub-accounts is below it, in basis
   * points, 0 to 10,000. 10,000 acts as soon as one is not healthy; 0 never acts.
   */
  readonly presetShareBps: number;
  /** Whether a share that equals the preset value redistributes: no as in claim 1, or yes. */
  readonly boundary: 'below' | 'at-or-below';
  /** The preset interval that a task waits while the main account is redistributing; above zero. */
  readonly waitMs: number;
  /**
   * When all sub-accounts together hold less than threshold 1: `refuse` every task (claim 4 to the
   * letter), or `drain`: pay whatever the total still covers.
   */
  readonly whenInsufficient: 'drain' | 'refuse';
}

/** What a main account starts from when nobody said otherwise; only the threshold is one's own. */
export function defaultRule(thresholdMinor: bigint): SettlementRule {
  return {
    thresholdMinor,
    presetShareBps: 10_000,
    boundary: 'below',
    waitMs: 100,
    whenInsufficient: 'drain',
  };
}

const maxWaitMs = 600_000;

/** Finds what is wrong with a rule: `SETTLEMENT_RULE_INVALID`, naming the field; or nothing. */
export function checkRule(rule: SettlementRule): Refusal | undefined {
  const { thresholdMinor, presetShareBps, boundary, waitMs } = rule;
  if (thresholdMinor <= 0n) {
    return invalid('thresholdMinor', String(thresholdMinor), 'use minor units above zero');
  }
  if (!Number.isInteger(presetShareBps) || presetShareBps < 0 || presetShareBps > 10_000) {
    return invalid('presetShareBps', String(presetShareBps), 'use whole basis points, 0 to 10000');
  }
  if (boundary === 'at-or-below' && presetShareBps === 10_000) {
    return invalid(
      'presetShareBps',
      String(presetShareBps),
      'with the boundary at-or-below every share is at or below it: use 9999 or the boundary below',
    );
  }
  if (!Number.isInteger(waitMs) || waitMs < 1 || waitMs > maxWaitMs) {
    return invalid('waitMs', String(waitMs), `use whole milliseconds, 1 to ${maxWaitMs}`);
  }
  return undefined;
}

function invalid(field: string, value: string, whatToDo: string): Refusal {
  return refuse(
    'SETTLEMENT_RULE_INVALID',
    `a settlement rule cannot have ${field} ${value}: ${whatToDo}`,
    { field, value },
  );
}
