import { compileTariff, quote, readPricingRequest, type Quote } from '@sluice/billing';
import { isRefusal } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { showMinor } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import { readJson, readTariffFile, readText, tellFaults, writeJson } from './billing-files.ts';

/** What is priced. */
export interface QuoteOptions {
  /** JSON, or the name of a file. */
  readonly request: string;
  readonly json: boolean;
}

/** Prices one request by a tariff in a file. Gives 1 when the tariff refuses it. */
export async function quoteRequest(
  config: CliConfig,
  file: string,
  { request: given, json }: QuoteOptions,
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const tariff = await readTariffFile(config, file);
  if (isRefusal(tariff)) return tellFaults(file, tariff);
  const isText = given.trimStart().startsWith('{');
  const text = isText ? given : await readText(config, given);
  if (isRefusal(text)) return tellFaults(given, text);
  const name = isText ? 'the request' : given;
  const read = readJson(text, name);
  if (isRefusal(read)) return tellFaults(name, read);
  const request = readPricingRequest(read.json);
  if (isRefusal(request)) return tellFaults(name, request);
  const answer = quote(compileTariff(tariff), request);
  if (json) writeJson(answer);
  if (isRefusal(answer)) {
    process.stderr.write(`${answer.code}: ${answer.message}\n`);
    return exitCodes.broken;
  }
  print(terminal, answer);
  return exitCodes.fine;
}

function print(terminal: Terminal, answer: Quote): void {
  const { amount, tariffId, tariffVersion, cell, intervals, rounding, lines } = answer;
  terminal.heading(`${showMinor(amount.minor, amount.currency)} ${amount.currency}`);
  terminal.line(`  by ${tariffId}, version ${tariffVersion}, cell ${cell}`);
  for (const { dimension, number, label } of intervals) {
    terminal.line(`  ${dimension}: ${label} (${number})`);
  }
  const { mode, scale, stage } = rounding;
  terminal.line(`  rounded ${mode} to ${scale}, at each ${stage}`);
  terminal.table(
    [{ title: 'line' }, { title: 'amount', figures: true }],
    lines.map((line) => [line.text, showMinor(line.amount.minor, line.amount.currency)]),
  );
}
