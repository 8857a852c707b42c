import { Command, InvalidArgumentError } from 'commander';
import { parseEnvironment } from '@sluice/database';
import { isRefusal, UnexpectedRefusalError } from '@sluice/money';
import { describeStackError, StackError } from '@sluice/stack';
import { check } from './commands/check.ts';
import { listAllPools, showPool } from './commands/pool.ts';
import { redeem } from './commands/redeem.ts';
import { start } from './commands/start.ts';
import { statement } from './commands/statement.ts';
import { cliConfig, type CliConfig } from './config.ts';
import { CsvHeaderError } from './redeem/read-redemptions.ts';

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number above 0.');
  return parseInt(text, 10);
}

function createProgram(config: CliConfig): Command {
  const program = new Command('sluice')
    .description('Pools subsidy money and pays it to marketplace sellers, every cent explained.')
    .option('--verbose', 'log every business step (to .sluice/logs)')
    .showHelpAfterError()
    .configureHelp({ showGlobalOptions: true });
  const run = (work: (chosen: CliConfig) => Promise<number>): Promise<void> =>
    work(
      program.opts<{ verbose?: true }>().verbose ? { ...config, LOG_LEVEL: 'debug' } : config,
    ).then((code) => void (process.exitCode = code));
  program
    .command('start')
    .description('the main job: four real weeks of co-funded discounts, from coupon to bank')
    .option('--weeks <weeks>', 'weeks of 2017 to replay, such as 27-30, 27 or 1,3-4', '27-30')
    .option('--exit', 'end when the job is done instead of staying up', false)
    .option('--fresh', 'forget all data of earlier runs first', false)
    .option('--json', 'the whole summary as one JSON object on the last line', false)
    .action((options: Parameters<typeof start>[1]) => run((chosen) => start(chosen, options)));
  program
    .command('redeem')
    .description(
      'take redemptions from a CSV file (docs: tools/datasets/README.md) and settle them',
    )
    .argument('<file>', 'redemption CSV')
    .option('--pool <pool>', 'the pool that pays; not needed while one alone is open')
    .option('--json', 'the result as one JSON object on the last line', false)
    .action((file: string, options: Parameters<typeof redeem>[2]) =>
      run((chosen) => redeem(chosen, file, options)),
    );
  program
    .command('statement')
    .description("a seller's statement: who funded it, what was paid out, what is owed")
    .argument('<seller>', "the seller's id, such as 367")
    .option('--lines <count>', 'how many of the latest lines to show', positive, 20)
    .action((seller: string, options: Parameters<typeof statement>[2]) =>
      run((chosen) => statement(chosen, seller, options)),
    );
  program
    .command('check')
    .description('check the invariants over everything that is stored; exit 1 when one is broken')
    .option('--json', 'as one JSON object', false)
    .action((options: Parameters<typeof check>[1]) => run((chosen) => check(chosen, options)));
  const pool = program.command('pool').description('look at subsidy pools');
  pool
    .command('list')
    .description('all pools')
    .action(() => run(listAllPools));
  pool
    .command('show')
    .description('one pool: size, sources against their mandates, outcomes by reason')
    .argument('[pool]', 'its id; the latest when left out')
    .action((id: string | undefined) => run((chosen) => showPool(chosen, id)));
  return program;
}

/** What the user can mend is told in a line or two; a bug with its stack. */
function describe(error: unknown): string {
  if (error instanceof StackError) return describeStackError(error);
  if (error instanceof UnexpectedRefusalError) return error.message;
  if (error instanceof CsvHeaderError) return `${error.refusal.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function main(): Promise<void> {
  const config = parseEnvironment(cliConfig, process.env);
  if (isRefusal(config)) {
    process.stderr.write(`${config.code}: ${config.message}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    await createProgram(config).parseAsync();
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}

await main();
