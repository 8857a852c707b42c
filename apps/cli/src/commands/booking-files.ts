import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseBookingRules, type BookingRuleSet } from '@sluice/ledger';
import { isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * Reads a JSON file that is named on the command line.
 *
 * @throws UnexpectedRefusalError `FILE_UNREADABLE`, also when it is no JSON.
 */
export async function readJsonFile(config: CliConfig, file: string): Promise<unknown> {
  const path = resolve(config.callerDir, file);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    const why = error instanceof SyntaxError ? `it is no JSON: ${error.message}` : whyNot(error);
    throw new UnexpectedRefusalError(
      refuse('FILE_UNREADABLE', `${path} cannot be read: ${why}`, { path }),
    );
  }
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'it may not be read by you' : String(error);
}

/** Reads booking rules from a file; tells every fault and gives null when there are some. */
export async function readRules(
  config: CliConfig,
  terminal: Terminal,
  file: string,
): Promise<BookingRuleSet | null> {
  const set = parseBookingRules(await readJsonFile(config, file));
  if (!isRefusal(set)) return set;
  const faults = faultsOf(set.details['faults']);
  terminal.line(`${file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`);
  for (const fault of faults) terminal.item('  ', fault);
  return null;
}

/** The faults in a refusal's details. */
export function faultsOf(faults: unknown): readonly string[] {
  return Array.isArray(faults) ? faults.map(String) : [];
}
