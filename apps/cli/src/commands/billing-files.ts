import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { csvToMessage, parseTariff, type Tariff } from '@sluice/billing';
import { isRefusal, refuse, toWire, type Money, type Refusal } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { counted } from '../terminal/figures.ts';

/** Where a file lies that is named on the command line. */
export function pathOf({ callerDir }: CliConfig, file: string): string {
  return resolve(callerDir, file);
}

/** Reads a text file, or says why not. */
export async function readText(config: CliConfig, file: string): Promise<string | Refusal> {
  const path = pathOf(config, file);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    return refuse('FILE_UNREADABLE', `${path} cannot be read: ${why}`, { path });
  }
}

/** Reads JSON, or says that it is none. */
export function readJson(text: string, name: string): { readonly json: unknown } | Refusal {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse('FILE_UNREADABLE', `${name} is no JSON: ${why}`, { name });
  }
}

/** Reads a tariff from a file: CSV by its name, JSON otherwise. */
export async function readTariffFile(config: CliConfig, path: string): Promise<Tariff | Refusal> {
  const text = await readText(config, path);
  if (isRefusal(text)) return text;
  if (path.toLowerCase().endsWith('.csv')) {
    const message = csvToMessage(text);
    return isRefusal(message) ? message : parseTariff(message);
  }
  const read = readJson(text, path);
  return isRefusal(read) ? read : parseTariff(read.json);
}

/** Every fault of a refusal, or the refusal itself where it has no list. */
export function faultsIn({ code, message, details }: Refusal): readonly string[] {
  const { faults } = details;
  return Array.isArray(faults) ? (faults as readonly string[]) : [`${code}: ${message}`];
}

/** Says on standard error what is wrong with a file, every fault on its line. */
export function tellFaults(path: string, refusal: Refusal): number {
  const faults = faultsIn(refusal);
  const lines =
    'faults' in refusal.details
      ? [
          `${refusal.code}: ${path} has ${counted(faults.length, 'fault')}`,
          ...faults.map((one) => `  ${one}`),
        ]
      : faults;
  process.stderr.write(`${lines.join('\n')}\n`);
  return exitCodes.usage;
}

/** One JSON object on a line of standard output; money as the wire carries it. */
export function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, wireMoney)}\n`);
}

function wireMoney(_: string, value: unknown): unknown {
  const isMoney = typeof value === 'object' && value !== null && 'minor' in value;
  return isMoney ? toWire(value as Money) : value;
}
