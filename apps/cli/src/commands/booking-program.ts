import { loadProgram, type Program } from '@sluice/orchestrator/activities';
import type { CliConfig } from '../config.ts';
import { checkConfigDir } from '../publish-config.ts';

/**
 * The program of the configuration folder: whose events are booked, and by which rules.
 *
 * @throws UnexpectedRefusalError when the folder cannot be used, with every fault.
 */
export async function readProgram({ SLUICE_CONFIG_DIR }: CliConfig): Promise<Program> {
  await checkConfigDir(SLUICE_CONFIG_DIR);
  return loadProgram(SLUICE_CONFIG_DIR);
}
