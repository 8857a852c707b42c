export { bookEntries } from './book-entries.ts';
export type { Account, AccountState } from './domain/account.ts';
export type { BookingRule, BookingRuleSet, EntryTemplate } from './domain/booking/booking-rule.ts';
export type { BookingInfo } from './domain/booking/draft-entries.ts';
export { findBookingRule, type BookingTarget } from './domain/booking/find-booking-rule.ts';
export { parseBookingRules } from './domain/booking/parse-booking-rules.ts';
export {
  evaluateTransfers,
  nextState,
  type Evaluation,
  type LedgerState,
} from './domain/evaluate-transfers.ts';
export { isPosted, transferStatuses, type TransferStatus } from './domain/transfer-status.ts';
export {
  linkTransfers,
  type PostedTransfer,
  type Transfer,
  type TransferBody,
  type TransferResult,
} from './domain/transfer.ts';
export { openAccounts, readBalances } from './store/accounts.ts';
export { checkLedger } from './store/check-ledger.ts';
export { ledgerMigrations } from './store/migrations.ts';
export { postTransfers } from './store/post-transfers.ts';
export {
  readStatement,
  type StatementLine,
  type StatementPage,
  type StatementRange,
} from './store/statement.ts';
export { traceReference, type RecordedTransfer } from './store/trace-reference.ts';
export { transferId } from './transfer-id.ts';
export { listBalances, type ListedBalance } from './store/list-balances.ts';
