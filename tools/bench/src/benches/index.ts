import type { Bench } from '../frame/bench.ts';
import { billing } from './billing.ts';
import { bulkLane } from './bulk-lane.ts';
import { ledger, ledgerGrowth } from './ledger.ts';
import { mainJob } from './main-job.ts';
import { ruleEngine } from './rule-engine.ts';

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [
  ledger,
  ledgerGrowth,
  billing,
  ruleEngine,
  bulkLane,
  mainJob,
];
