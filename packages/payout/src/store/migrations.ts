import { fileURLToPath } from 'node:url';
import type { MigrationSet } from '@sluice/database';

/** The schema `payout`. */
export const payoutMigrations: MigrationSet = {
  schema: 'payout',
  directory: fileURLToPath(new URL('./migrations', import.meta.url)),
};
