import { fileURLToPath } from 'node:url';
import type { MigrationSet } from '@sluice/database';

/** The schema `rulebook`: every published version of every rule set. */
export const rulebookMigrations: MigrationSet = {
  schema: 'rulebook',
  directory: fileURLToPath(new URL('./migrations', import.meta.url)),
};
