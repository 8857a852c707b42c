import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTariff, publishTariff } from '@sluice/billing';
import { withTransaction, type Database } from '@sluice/database';
import { expectAnswer, refuse, UnexpectedRefusalError } from '@sluice/money';
import { loadProgram, publishProgram, type Program } from '@sluice/orchestrator/activities';

/**
 * Reads the configuration folder once, before anything is started with it.
 *
 * @returns the program that it configures.
 * @throws UnexpectedRefusalError naming every fault; `CONFIG_DIR_UNUSABLE` when a file is missing
 *   or is no JSON.
 */
export async function checkConfigDir(configDir: string): Promise<Program> {
  try {
    const program = await loadProgram(configDir);
    for (const json of await readTariffs(configDir)) expectAnswer(parseTariff(json));
    return program;
  } catch (error) {
    if (error instanceof UnexpectedRefusalError) throw error;
    const reasons = reasonsOf(error).join(': ');
    throw new UnexpectedRefusalError(
      refuse(
        'CONFIG_DIR_UNUSABLE',
        `${configDir} cannot be used: ${reasons}. SLUICE_CONFIG_DIR names the folder of rules, ` +
          'tariffs and booking rules',
        { configDir },
      ),
    );
  }
}

function reasonsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  return [error.message, ...(error.cause === undefined ? [] : reasonsOf(error.cause))];
}

async function readTariffs(configDir: string): Promise<readonly unknown[]> {
  const folder = join(configDir, 'tariffs');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(files.map((file) => readJson(join(folder, file))));
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`${path} is no JSON`, { cause: error });
  }
}

/**
 * Publishes the tariffs and the booking rules of a configuration folder; those that are published
 * already stay.
 *
 * @throws UnexpectedRefusalError `TARIFF_INVALID` with every fault, `TARIFF_VERSION_TAKEN`,
 *   `BOOKING_VERSION_TAKEN`, `BOOKING_DATE_TAKEN` or `RULE_SET_VERSION_REUSED`.
 */
export async function publishConfig(
  database: Database,
  configDir: string,
  program: Program,
): Promise<void> {
  for (const json of await readTariffs(configDir)) {
    const tariff = expectAnswer(parseTariff(json));
    expectAnswer(await withTransaction(database, (tx) => publishTariff(tx, tariff)));
  }
  await publishProgram(database, program);
}
