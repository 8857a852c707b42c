import { refuse, type Refusal } from '@sluice/money';

/** The refusal of a redemption that was recorded for another pool than the one it came to. */
export function poolDiffers(
  { id, poolId: recordedFor }: { readonly id: string; readonly poolId: string },
  poolId: string,
): Refusal {
  return refuse(
    'POOL_DIFFERS',
    `redemption ${id} was recorded for pool ${recordedFor}, not for ${poolId}: settle it there`,
    { redemptionId: id, poolId, recordedFor },
  );
}
