import type { Activities } from '../contract.ts';
import { asBusinessStep } from './business-step.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { createPayoutActivities } from './payout-activities.ts';
import { createPoolActivities } from './pool-activities.ts';
import { createRedemptionActivities } from './redemption-activities.ts';
import { createRedistributionActivities } from './redistribution-activities.ts';
import { TariffBook } from './tariff-book.ts';

/** All activities: the one place where the domains meet, each business step in one transaction. */
export function createActivities(given: ActivityDependencies): Activities {
  const dependencies = { ...given, tariffs: new TariffBook(given.program.tariffs) };
  const activities: Activities = {
    ...createPoolActivities(dependencies),
    ...createRedemptionActivities(dependencies),
    ...createPayoutActivities(dependencies),
    ...createRedistributionActivities(dependencies),
  };
  const steps = Object.entries(activities).map(([name, run]) => {
    return [name, asBusinessStep(given.log, name, run as Step)];
  });
  return Object.fromEntries(steps) as Activities;
}

type Step = (input: object) => Promise<object>;
