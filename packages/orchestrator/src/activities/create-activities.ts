import type { Activities } from '../contract.ts';
import { createBookingBatchActivities } from './booking-batch-activities.ts';
import { BookingHints } from './booking-hints.ts';
import { asBusinessStep } from './business-step.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { createLedgerUpkeepActivities } from './ledger-upkeep-activities.ts';
import { createPayoutActivities } from './payout-activities.ts';
import { createPoolActivities } from './pool-activities.ts';
import { createRedemptionActivities } from './redemption-activities.ts';
import type { Program } from './program.ts';
import { createRedistributionActivities } from './redistribution-activities.ts';
import { RuleBook } from './rule-book.ts';
import { createRuleRolloutActivities } from './rule-rollout-activities.ts';
import { TariffBook } from './tariff-book.ts';
import { TillRules } from './till-rules.ts';

/** All activities: the one place where the domains meet, each business step in one transaction. */
export function createActivities(given: ActivityDependencies): Activities {
  const program = withHints(given);
  const dependencies = {
    ...{ ...given, program },
    rules: new RuleBook(program),
    tariffs: new TariffBook(program.tariffs),
    tillRules: new TillRules(program),
  };
  const activities: Activities = {
    ...createPoolActivities(dependencies),
    ...createRedemptionActivities(dependencies),
    ...createPayoutActivities(dependencies),
    ...createRedistributionActivities(dependencies),
    ...createBookingBatchActivities(dependencies),
    ...createLedgerUpkeepActivities(dependencies),
    ...createRuleRolloutActivities(dependencies),
  };
  const steps = Object.entries(activities).map(([name, run]) => {
    return [name, asBusinessStep(given.log, name, run as Step)];
  });
  return Object.fromEntries(steps) as Activities;
}

/** What is gathered is told to the workflows that send it; at the start, all of them look. */
function withHints({ program, wakeBookings, log }: ActivityDependencies): Program {
  if (wakeBookings === undefined) return program;
  const hints = new BookingHints(wakeBookings, log);
  const { institution, bookedTypes, gathering } = program;
  const rules = bookedTypes.map((rule) => ({ institution, rule }));
  hints.note(rules.filter(({ rule }) => gathering.triggers.of(institution, rule) !== null));
  return { ...program, gathering: { ...gathering, gathered: (touched) => hints.note(touched) } };
}

type Step = (input: object) => Promise<object>;
