import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTariff, publishTariff } from '@sluice/billing';
import { withTransaction, type Database } from '@sluice/database';
import { expectAnswer } from '@sluice/money';

/**
 * Publishes the tariffs of a configuration folder; those that are published already stay.
 *
 * @throws UnexpectedRefusalError `TARIFF_INVALID` with every fault, or `TARIFF_VERSION_TAKEN`.
 */
export async function publishTariffs(database: Database, configDir: string): Promise<void> {
  const folder = join(configDir, 'tariffs');
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()) {
    const json: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
    const tariff = expectAnswer(parseTariff(json));
    expectAnswer(await withTransaction(database, (tx) => publishTariff(tx, tariff)));
  }
}
