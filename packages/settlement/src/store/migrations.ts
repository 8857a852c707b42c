import { fileURLToPath } from 'node:url';
import type { MigrationSet } from '@sluice/database';

/** The schema `settlement`. */
export const settlementMigrations: MigrationSet = {
  schema: 'settlement',
  directory: fileURLToPath(new URL('./migrations', import.meta.url)),
};
