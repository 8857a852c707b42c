export { bookEntries, type BookedTransfer } from './book-entries.ts';
export {
  createCollector,
  type Collector,
  type CollectorOptions,
  type CollectorStatistics,
} from './collector/collector.ts';
export {
  collectorTriggers,
  type CollectorTrigger,
  type GatheringLimits,
} from './collector/gathering-batch.ts';
export type { Account, AccountState } from './domain/account.ts';
export type { AmountExpression } from './domain/booking/amount-expression.ts';
export {
  draftBooking,
  parseBookingEvent,
  type BookingDraft,
  type BookingEvent,
} from './domain/booking/booking-event.ts';
export type {
  BookingRule,
  BookingRuleSet,
  BookingSubSet,
  Demand,
  EntryTemplate,
} from './domain/booking/booking-rule.ts';
export {
  diffBookings,
  type AccountDifference,
  type BookingDiff,
  type RefusalCount,
} from './domain/booking/diff-bookings.ts';
export type { BookingInfo, DraftEntry } from './domain/booking/draft-entries.ts';
export type {
  AccountEffect,
  BookedBy,
  DifferenceKind,
  EventDifference,
} from './domain/booking/event-difference.ts';
export {
  explainBooking,
  type AmountStep,
  type BookingExplanation,
  type ExplainedEntry,
  type RuleStanding,
} from './domain/booking/explain-booking.ts';
export { explanationText } from './domain/booking/explanation-text.ts';
export { findBookingRule, type BookingTarget } from './domain/booking/find-booking-rule.ts';
export {
  formatBookingRules,
  type BookingRulesJson,
} from './domain/booking/format-booking-rules.ts';
export { businessDay } from './domain/booking/business-day.ts';
export { parseBookingRules } from './domain/booking/parse-booking-rules.ts';
export {
  loadBookingRules,
  loadBookingVersions,
  type BookingRulesVersion,
} from './store/booking/load-booking-rules.ts';
export {
  countTransfersOf,
  readRecoveredEvents,
  type RecoveredEvents,
  type RecoveryRequest,
} from './store/booking/read-recovered-events.ts';
export { publishBookingRules } from './store/booking/publish-booking-rules.ts';
export type { AccountMetadata } from './domain/account-metadata.ts';
export { convertCurrency, type Conversion } from './domain/convert-currency.ts';
export { evaluateTransfers, nextState, type Evaluation } from './domain/evaluate-transfers.ts';
export {
  emptyState,
  type HoldState,
  type KeptRefusal,
  type LedgerState,
} from './domain/ledger-state.ts';
export {
  isKept,
  isPosted,
  transferStatuses,
  type TransferStatus,
} from './domain/transfer-status.ts';
export {
  linkTransfers,
  transferKinds,
  type Balancing,
  type DirectTransfer,
  type Hold,
  type Linkable,
  type PostedTransfer,
  type PostHold,
  type Reversal,
  type Transfer,
  type TransferBody,
  type TransferKind,
  type TransferResult,
  type VoidHold,
} from './domain/transfer.ts';
export { openAccounts, readBalances } from './store/accounts.ts';
export { checkLedger } from './store/check-ledger.ts';
export { closeAccount, reopenAccount } from './store/close-accounts.ts';
export { expireHolds } from './store/expire-holds.ts';
export {
  changeMetadata,
  listAccounts,
  type AccountFilter,
  type ListedAccount,
} from './store/list-accounts.ts';
export { ledgerMigrations } from './store/migrations.ts';
export { postTransfers } from './store/post-transfers.ts';
export { readBalancesAt, type Moment } from './store/read-balances-at.ts';
export type { StatementOrder } from './store/statement-lines.ts';
export {
  readStatement,
  type StatementLine,
  type StatementPage,
  type StatementRange,
} from './store/statement.ts';
export { readReferenced } from './store/read-referenced.ts';
export { traceReference, type RecordedTransfer } from './store/trace-reference.ts';
export { transferId } from './transfer-id.ts';
export { listBalances, type ListedBalance } from './store/list-balances.ts';
export type {
  AccountingBatch,
  AccountingBooks,
  AccountingEntry,
  AccountingNotFound,
  AccountingServer,
  AccountingUnknown,
  AccountingVerdict,
  BookedEntry,
} from './accounting/accounting-server.ts';
export {
  createHttpAccountingServer,
  type HttpAccountingServerOptions,
} from './accounting/http-accounting-server.ts';
export type { BookingEntry, PostedBooking } from './domain/booking-batch/booking-entry.ts';
export {
  bookingTriggers,
  dueTrigger,
  type BookingTrigger,
  type Due,
  type TaskContent,
  type TriggerSettings,
} from './domain/booking-batch/booking-triggers.ts';
export {
  noBookingTriggers,
  parseBookingTriggers,
  type BookingTriggers,
} from './domain/booking-batch/parse-booking-triggers.ts';
export { sumBookings } from './domain/booking-batch/sum-bookings.ts';
export {
  beginSending,
  listBookingTasks,
  readBookingTask,
  readRuleProgress,
  readTaskEntries,
  recordServerAnswer,
  sendRefusedAgain,
  type BookingTask,
  type BookingTaskState,
  type RuleProgress,
} from './store/booking-batch/booking-tasks.ts';
export { checkBookingBatches } from './store/booking-batch/check-booking-batches.ts';
export { closeDueTask, readOpenTask, type OpenTask } from './store/booking-batch/close-due-task.ts';
export {
  countBookingBatches,
  listUnsentBatches,
  traceBookings,
  type BookingBatchCount,
  type BookingTrace,
} from './store/booking-batch/describe-booking-batches.ts';
export { gatherEntries } from './store/booking-batch/gather-entries.ts';
export { readAccountingBatch } from './store/booking-batch/read-accounting-batch.ts';
export { reconcileAccounting } from './store/booking-batch/reconcile-accounting.ts';
export type { RuleName } from './store/booking-batch/rule-lock.ts';
export { findingKinds, type Finding, type FindingKind } from './domain/seal/finding.ts';
export type { ExportVerdict } from './domain/seal/export-verifier.ts';
export type { ChainHead } from './domain/seal/seal.ts';
export type { VerifyOptions } from './domain/seal/verify-export.ts';
export { checkSeals } from './store/seal/check-seals.ts';
export { exportSeals, readExportContents, type ExportContents } from './store/seal/export-seals.ts';
export { sealTransfers, type SealOptions, type SealStep } from './store/seal/seal-transfers.ts';
export { verifyExport } from './store/seal/verify-export.ts';
