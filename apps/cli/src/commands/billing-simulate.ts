import {
  compileTariff,
  findCliffs,
  readRecordedRequest,
  simulate,
  type CliffReport,
  type RecordedRequest,
  type SimulationReport,
  type Tariff,
} from '@sluice/billing';
import { isRefusal, type Money, type Refusal } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { readLines } from '../redeem/read-lines.ts';
import { counted, showMinor } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import {
  pathOf,
  readJson,
  readTariffFile,
  readText,
  tellFaults,
  writeJson,
} from './billing-files.ts';
import { printCliffs } from './billing-cliffs.ts';

/** How a draft is tried out. */
export interface SimulateOptions {
  readonly requests: string;
  readonly movers: number;
  readonly along?: readonly string[];
  readonly payee: 'receives' | 'pays';
  readonly json: boolean;
}

/** Prices recorded requests by a draft. Gives 1 when lines of the file could not be read. */
export async function simulateDraft(
  config: CliConfig,
  files: { readonly current: string; readonly draft: string },
  options: SimulateOptions,
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const current = await readTariffFile(config, files.current);
  if (isRefusal(current)) return tellFaults(files.current, current);
  const draft = await readTariffFile(config, files.draft);
  if (isRefusal(draft)) return tellFaults(files.draft, draft);
  // Only for its refusal: a folder or a missing file is told like any other.
  const readable = await readText(config, options.requests);
  if (isRefusal(readable)) return tellFaults(options.requests, readable);
  const cliffs = findAll(draft, options);
  if (isRefusal(cliffs)) return tellFaults(files.draft, cliffs);
  const { requests, faults } = await terminal.step(
    {
      doing: `reading ${options.requests}`,
      done: (read) => counted(read.requests.length, 'request'),
    },
    () => readRequests(pathOf(config, options.requests)),
  );
  const report = await terminal.step({ doing: 'pricing by both' }, () =>
    Promise.resolve(simulate(compileTariff(current), compileTariff(draft), requests, options)),
  );
  if (isRefusal(report)) return tellFaults(files.draft, report);
  print(terminal, report, options.movers);
  for (const [along, found] of cliffs) printCliffs(terminal, along, found);
  for (const fault of faults) terminal.item('  ', fault);
  if (options.json) writeJson({ ...report, cliffs: Object.fromEntries(cliffs), faults });
  return faults.length === 0 ? exitCodes.fine : exitCodes.broken;
}

function findAll(
  draft: Tariff,
  { along, payee, movers: limit }: SimulateOptions,
): readonly (readonly [string, CliffReport])[] | Refusal {
  const names =
    along ?? draft.dimensions.filter(({ type }) => type === 'money').map(({ name }) => name);
  const found: [string, CliffReport][] = [];
  for (const name of names) {
    const cliffs = findCliffs(draft, { along: name, payee, limit });
    if (isRefusal(cliffs)) return cliffs;
    found.push([name, cliffs]);
  }
  return found;
}

async function readRequests(
  path: string,
): Promise<{ readonly requests: readonly RecordedRequest[]; readonly faults: readonly string[] }> {
  const requests: RecordedRequest[] = [];
  const faults: string[] = [];
  for await (const lines of readLines(path)) {
    for (const { number, text } of lines) {
      if (text?.trim() === '') continue;
      const read = readJson(text ?? '', 'it');
      const request = isRefusal(read) ? read : readRecordedRequest(read.json);
      if (isRefusal(request)) faults.push(`line ${number}: ${request.message}`);
      else requests.push(request);
    }
  }
  return { requests, faults };
}

function print(terminal: Terminal, report: SimulationReport, shown: number): void {
  const show = ({ minor, currency }: Money): string => showMinor(minor, currency);
  const { total, changed, byCell, byPayee, movers, unpriced } = report;
  terminal.heading(`${show(total.difference)} ${total.difference.currency} in all`);
  terminal.line(
    `  ${counted(total.requests, 'request')} priced by both, ` +
      `${counted(changed, 'price')} changed, ` +
      `from ${show(total.before)} to ${show(total.after)}`,
  );
  const shift = [
    { title: 'before', figures: true },
    { title: 'after', figures: true },
    { title: 'difference', figures: true },
  ] as const;
  const amounts = (one: { before: Money; after: Money; difference: Money }): readonly string[] =>
    [one.before, one.after, one.difference].map(show);
  terminal.heading('By cell of the draft');
  terminal.table(
    [
      { title: 'cell' },
      { title: 'where', cuttable: true },
      { title: 'requests', figures: true },
      ...shift,
    ],
    byCell
      .slice(0, shown)
      .map((one) => [
        ...[one.cell, one.intervals.map(({ label }) => label).join(', '), String(one.requests)],
        ...amounts(one),
      ]),
  );
  if (byPayee.length > 0) {
    terminal.heading('By payee');
    terminal.table(
      [{ title: 'payee', cuttable: true }, { title: 'requests', figures: true }, ...shift],
      byPayee.slice(0, shown).map((one) => [one.payee, String(one.requests), ...amounts(one)]),
    );
  }
  terminal.heading('The largest movers');
  terminal.table(
    [{ title: 'request', cuttable: true }, ...shift],
    movers.map((one) => [one.id, ...amounts(one)]),
  );
  for (const { code, by, requests, example } of unpriced) {
    const who = by === 'both' ? 'both' : by === 'before' ? 'the current one' : 'the draft';
    terminal.line(
      `  ${counted(requests, 'request')} refused by ${who}: ${code}, such as ${example}`,
    );
  }
}
