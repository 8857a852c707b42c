export {
  appRole,
  openDatabase,
  type Database,
  type DatabaseOptions,
  type Queryable,
} from './database.ts';
export { parseEnvironment } from './environment.ts';
export { findViolations, maxViolations, type Invariant } from './invariant.ts';
export { databaseMigrations, migrate, type MigrationSet } from './migrate.ts';
export {
  canonicalJson,
  once,
  readReceiptKeys,
  requestHash,
  type Command,
  type Json,
} from './receipts.ts';
export {
  AmbiguousCommitError,
  RetryTransactionError,
  sqlState,
  withTransaction,
  type Tx,
} from './transaction.ts';
