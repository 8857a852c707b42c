import type { AccountingBatch, AccountingEntry } from '@sluice/ledger';

/** An entry of 12.30 that is right in every field, of which a test changes those it is about. */
export function sampleEntry(key: string, changes: Partial<AccountingEntry> = {}): AccountingEntry {
  return {
    key,
    debit: 'funding/brand-1',
    credit: 'payable/367',
    amount: { amount: '12.30', currency: 'USD' },
    bookedOn: '2017-07-03',
    ruleSet: 'retail',
    ruleSetVersion: 3,
    transfers: 2,
    ...changes,
  };
}

/** A batch of these entries; one of its own when none are given. */
export function sampleBatch(
  entries: readonly AccountingEntry[] = [sampleEntry('e-1')],
): AccountingBatch {
  return { institution: 'corner', rule: 'subsidy.coupon', entries };
}
