import { fileURLToPath } from 'node:url';
import type { MigrationSet } from '@sluice/database';

/** The tables of this package, in the schema `pool`. */
export const poolMigrations: MigrationSet = {
  schema: 'pool',
  directory: fileURLToPath(new URL('./migrations', import.meta.url)),
};
