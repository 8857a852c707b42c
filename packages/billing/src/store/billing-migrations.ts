import { fileURLToPath } from 'node:url';
import type { MigrationSet } from '@sluice/database';

/** The schema `billing`: the four entities of every published tariff. */
export const billingMigrations: MigrationSet = {
  schema: 'billing',
  directory: fileURLToPath(new URL('./migrations', import.meta.url)),
};
