import { Option, type Command } from 'commander';
import type { CliConfig } from '../config.ts';
import type { DiffOptions } from './billing-diff.ts';
import type { ExportTariffOptions } from './billing-export.ts';
import type { QuoteOptions } from './billing-quote.ts';
import type { SimulateOptions } from './billing-simulate.ts';

type Run = (work: (config: CliConfig) => Promise<number>) => Promise<void>;
type Count = (text: string) => number;
type Json = { readonly json?: boolean };

const tariffFile = 'a tariff in JSON or CSV, such as config/tariffs/subsidy-share.json';
const inJson = 'the result as one JSON object on the last line';

/** Adds `sluice billing`: tariffs as files, without a server. */
export function addBilling(program: Command, run: Run, count: Count): void {
  const billing = program.command('billing').description('check, price, simulate, compare tariffs');
  billing
    .command('validate')
    .description('prove that tariffs are whole and tell every fault; 2 when there is one')
    .argument('<file...>', tariffFile)
    .option('--json', inJson)
    .action((files: readonly string[], { json = false }: Json) =>
      run(async (config) => {
        const { validateTariffs } = await import('./billing-validate.ts');
        return validateTariffs(config, files, { json });
      }),
    );
  billing
    .command('quote')
    .description('price one request, line by line; 1 when it is refused')
    .argument('<file>', tariffFile)
    .requiredOption('--request <json>', 'the request as JSON, or the name of a file that holds it')
    .option('--json', inJson)
    .action((file: string, { json = false, ...options }: Json & Pick<QuoteOptions, 'request'>) =>
      run(async (config) => {
        const { quoteRequest } = await import('./billing-quote.ts');
        return quoteRequest(config, file, { json, ...options });
      }),
    );
  addSimulate(billing, run, count);
  addDiff(billing, run, count);
  billing
    .command('export')
    .description('write a tariff in another form to standard output')
    .argument('<file>', tariffFile)
    .addOption(
      new Option('--to <form>', 'entities are the four of the key-value store, one a line')
        .choices(['json', 'csv', 'entities'])
        .default('json'),
    )
    .action((file: string, options: ExportTariffOptions) =>
      run(async (config) => {
        const { exportTariff } = await import('./billing-export.ts');
        return exportTariff(config, file, options);
      }),
    );
}

function addSimulate(billing: Command, run: Run, count: Count): void {
  billing
    .command('simulate')
    .description('price recorded requests by a draft: the difference, the movers, the cliffs')
    .argument('<current>', tariffFile)
    .argument('<draft>', 'the tariff that may follow it')
    .requiredOption('--requests <file>', 'recorded requests, one JSON object a line')
    .option('--movers <count>', 'how many movers, cells and cliffs are shown', count, 10)
    .option('--along <dimension...>', 'where cliffs are looked for; every money dimension')
    .addOption(
      new Option('--payee <payee>', 'the payee receives the price (a share) or pays it (a fee)')
        .choices(['receives', 'pays'])
        .default('receives'),
    )
    .option('--json', inJson)
    .action(
      (
        current: string,
        draft: string,
        { json = false, ...options }: Json & Omit<SimulateOptions, 'json'>,
      ) =>
        run(async (config) => {
          const { simulateDraft } = await import('./billing-simulate.ts');
          return simulateDraft(config, { current, draft }, { json, ...options });
        }),
    );
}

function addDiff(billing: Command, run: Run, count: Count): void {
  billing
    .command('diff')
    .description('compare two tariffs over everything that they price')
    .argument('<before>', tariffFile)
    .argument('<after>', 'the other one')
    .option('--limit <count>', 'how many differences are shown', count, 50)
    .option('--json', inJson)
    .action(
      (before: string, after: string, { json = false, limit }: Json & Pick<DiffOptions, 'limit'>) =>
        run(async (config) => {
          const { diffFiles } = await import('./billing-diff.ts');
          return diffFiles(config, { before, after }, { json, limit });
        }),
    );
}
