import type { Bench } from '../frame/bench.ts';
import { bulkLane } from './bulk-lane.ts';
import { ledger } from './ledger.ts';
import { mainJob } from './main-job.ts';

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [ledger, bulkLane, mainJob];
