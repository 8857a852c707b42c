import { parseBookingRules } from '@sluice/ledger';
import { isRefusal } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import { faultsOf, readJsonFile } from './booking-files.ts';

/** Checks a file of booking rules and tells every fault. Gives 2 when there are some. */
export async function checkBookingRules(
  config: CliConfig,
  file: string,
  options: { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const set = parseBookingRules(await readJsonFile(config, file));
  const faults = isRefusal(set) ? faultsOf(set.details['faults']) : [];
  if (options.json) process.stdout.write(`${JSON.stringify({ file, faults })}\n`);
  if (isRefusal(set)) {
    terminal.line(`${file} has ${counted(faults.length, 'fault')}:`);
    for (const fault of faults) terminal.item('  ', fault);
    return exitCodes.usage;
  }
  const rules = [...set.subSets.values()].reduce((total, subSet) => total + subSet.rules.length, 0);
  terminal.line(
    `${file} is right: ${set.id} version ${set.version}, in force from ${set.effectiveFrom}, ` +
      `${counted(set.subSets.size, 'business type')}, ${counted(rules, 'rule')}`,
  );
  return exitCodes.fine;
}
