import { splitTariff, tariffToCsv, toMessage, type Tariff } from '@sluice/billing';
import { isRefusal } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { readTariffFile, tellFaults } from './billing-files.ts';

/** The form that a tariff is written in. */
export interface ExportTariffOptions {
  readonly to: 'json' | 'csv' | 'entities';
}

/** Writes a tariff to standard output: as a message, as a table, or as the four entities. */
export async function exportTariff(
  config: CliConfig,
  file: string,
  { to }: ExportTariffOptions,
): Promise<number> {
  const tariff = await readTariffFile(config, file);
  if (isRefusal(tariff)) return tellFaults(file, tariff);
  process.stdout.write(written(tariff, to));
  return exitCodes.fine;
}

function written(tariff: Tariff, to: ExportTariffOptions['to']): string {
  if (to === 'csv') return tariffToCsv(tariff);
  if (to === 'json') return `${JSON.stringify(toMessage(tariff), null, 2)}\n`;
  const { main, definitions, order, rates } = splitTariff(tariff);
  const lines = [
    { entity: 'main', ...main },
    ...definitions.map((one) => ({ entity: 'definition', ...one })),
    { entity: 'order', ...order },
    ...rates.map((one) => ({ entity: 'rate', ...one })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
