import { limits } from '../language/limits.ts';
import { unknown, type Unknown } from './unknown.ts';

/** How many steps a run may take. Steps are counted, not timed, so that every till ends alike. */
export interface Budget {
  /** That one rule may take, over all the times it is asked while its facts come. */
  readonly stepsPerRule: number;
  /** That all rules may take together. */
  readonly stepsPerRun: number;
}

/** What every run may take unless it is told otherwise. */
export const usualBudget: Budget = Object.freeze({
  stepsPerRule: limits.stepsPerRuleAndRun,
  stepsPerRun: limits.stepsPerRun,
});

/**
 * Whether a budget has the steps of asking a rule once more, at its worst. Null: it has. Else the
 * rule is fenced off as unknown, and the others run.
 */
export function overdrawn(budget: Budget, ofRule: number, ofRun: number): Unknown | null {
  if (ofRule <= budget.stepsPerRule && ofRun <= budget.stepsPerRun) return null;
  const [whose, most] =
    ofRule > budget.stepsPerRule ? ['rule', budget.stepsPerRule] : ['run', budget.stepsPerRun];
  return unknown('BUDGET_EXCEEDED', `the ${whose} would take more than ${most} steps`);
}
