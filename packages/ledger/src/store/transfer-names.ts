import { isAccountCode } from '../domain/account-code.ts';
import { isTransferId } from '../domain/transfer-fault.ts';
import type { ExpireHold, TransferBody } from '../domain/transfer.ts';

/** What a batch names: what has to be locked and read before it can be evaluated. */
export interface TransferNames {
  /** Codes of accounts, each once. */
  readonly codes: readonly string[];
  /** Ids of the transfers themselves. */
  readonly ids: readonly string[];
  /** Ids of holds to resolve and of transfers to reverse, each once. */
  readonly originalIds: readonly string[];
}

/** What a batch names, without what cannot be in the ledger: that is for the evaluation to say. */
export function namesOf(transfers: readonly (TransferBody | ExpireHold)[]): TransferNames {
  const codes = new Set<string>();
  const originalIds = new Set<string>();
  for (const transfer of transfers) {
    if ('debitAccount' in transfer) codes.add(transfer.debitAccount).add(transfer.creditAccount);
    else originalIds.add('holdId' in transfer ? transfer.holdId : transfer.originalId);
  }
  return {
    codes: [...codes].filter(isAccountCode),
    ids: transfers.map(({ id }) => id).filter(isTransferId),
    originalIds: [...originalIds].filter(isTransferId),
  };
}
