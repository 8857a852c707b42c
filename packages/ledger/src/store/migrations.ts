import { fileURLToPath } from 'node:url';
import type { MigrationSet } from '@sluice/database';

/** The schema `ledger`: accounts and transfers. */
export const ledgerMigrations: MigrationSet = {
  schema: 'ledger',
  directory: fileURLToPath(new URL('./migrations', import.meta.url)),
};
