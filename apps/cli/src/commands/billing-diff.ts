import { diffTariffs, type TariffDiff, type TariffRate } from '@sluice/billing';
import { isRefusal } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import { readTariffFile, tellFaults, writeJson } from './billing-files.ts';

/** How much of a diff is shown. */
export interface DiffOptions {
  readonly limit: number;
  readonly json: boolean;
}

/** Compares two tariffs in files. */
export async function diffFiles(
  config: CliConfig,
  files: { readonly before: string; readonly after: string },
  { limit, json }: DiffOptions,
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const before = await readTariffFile(config, files.before);
  if (isRefusal(before)) return tellFaults(files.before, before);
  const after = await readTariffFile(config, files.after);
  if (isRefusal(after)) return tellFaults(files.after, after);
  const diff = diffTariffs(before, after, { limit });
  if (isRefusal(diff)) return tellFaults(files.after, diff);
  print(terminal, diff);
  if (json) writeJson(diff);
  return exitCodes.fine;
}

function print(terminal: Terminal, { head, dimensions, count, differences }: TariffDiff): void {
  for (const { name, before, after } of head) terminal.line(`  ${name}: ${before} -> ${after}`);
  for (const name of dimensions.added) terminal.line(`  dimension added: ${name}`);
  for (const name of dimensions.removed) terminal.line(`  dimension removed: ${name}`);
  terminal.heading(
    count === 0 ? 'Priced alike everywhere' : `${counted(count, 'part')} priced differently`,
  );
  if (count === 0) return;
  terminal.table(
    [{ title: 'where', cuttable: true }, { title: 'before' }, { title: 'after' }],
    differences.map(({ where, before, after }) => [
      Object.entries(where)
        .map(([name, text]) => `${name} ${text}`)
        .join(', '),
      ...[before, after].map(rateText),
    ]),
  );
  if (count > differences.length) {
    terminal.line(`  ${counted(count - differences.length, 'part')} more; --limit shows more`);
  }
}

function rateText(rate: TariffRate | null): string {
  if (rate === null) return 'no price';
  if (rate.kind === 'flat') return `flat ${rate.amount}`;
  return rate.kind === 'proportion' ? `proportion ${rate.proportion}` : JSON.stringify(rate);
}
