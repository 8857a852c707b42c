import type { Tariff } from '@sluice/billing';
import { isRefusal } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import { faultsIn, readTariffFile, writeJson } from './billing-files.ts';

/** Proves tariffs in files. Gives 2 when one has a fault; every fault is told. */
export async function validateTariffs(
  config: CliConfig,
  files: readonly string[],
  { json }: { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const results = [];
  for (const file of files) {
    const tariff = await terminal.step(
      { doing: `proving ${file}`, done: (read) => (isRefusal(read) ? 'refused' : told(read)) },
      () => readTariffFile(config, file),
    );
    if (!isRefusal(tariff)) {
      results.push({ file, id: tariff.id, version: tariff.version, faults: [] });
      continue;
    }
    const faults = faultsIn(tariff);
    for (const fault of faults) terminal.item('    ', fault);
    results.push({ file, id: null, version: null, faults });
  }
  const faulty = results.filter(({ faults }) => faults.length > 0).length;
  terminal.line(
    faulty === 0
      ? `${counted(files.length, 'tariff')} whole: every cell has one rate.`
      : `${faulty} of ${counted(files.length, 'file')} refused.`,
  );
  if (json) writeJson({ files: results });
  return faulty === 0 ? exitCodes.fine : exitCodes.usage;
}

function told({ id, version, dimensions, rates }: Tariff): string {
  const cells = counted(rates.length, 'cell');
  const names = dimensions.map(({ name }) => name).join(', ');
  return `${id}, version ${version}, ${cells} over ${names}`;
}
