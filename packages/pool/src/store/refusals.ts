import { refuse, type Refusal } from '@sluice/money';

export function poolUnknown(poolId: string): Refusal {
  return refuse('POOL_UNKNOWN', `there is no pool "${poolId}": open it first`, { poolId });
}
