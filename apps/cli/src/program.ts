import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { RedeemOptions } from './commands/redeem.ts';
import type { StartOptions } from './commands/start.ts';
import type { StatementOptions } from './commands/statement.ts';
import type { CliConfig } from './config.ts';
import { exitCodes, exitCodesHelp } from './exit-codes.ts';

/** Does what a command is for; gives the exit code. */
type Work = (config: CliConfig) => Promise<number>;
type Run = (work: Work) => Promise<void>;

/**
 * Runs the command line. A command's code is loaded when it is asked for, so that help is there at
 * once.
 *
 * @param argv without program and script.
 * @returns the exit code; usage errors and help are written by then. Whatever a command throws is
 *   passed on.
 */
export async function runProgram(config: CliConfig, argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.fine;
  const program = createProgram(config, async (work) => {
    const verbose = program.opts<{ verbose?: true }>().verbose ?? false;
    code = await work(verbose ? verboseConfig(config) : config);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // What was written is the help that was asked for, or what is wrong.
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  }
}

/** Business steps are logged at `info`: a higher level would leave nothing to show. */
function verboseConfig(config: CliConfig): CliConfig {
  const { LOG_LEVEL } = config;
  const shows = LOG_LEVEL === 'trace' || LOG_LEVEL === 'debug' || LOG_LEVEL === 'info';
  return { ...config, verbose: true, LOG_LEVEL: shows ? LOG_LEVEL : 'info' };
}

function createProgram({ SLUICE_STATE_DIR }: CliConfig, run: Run): Command {
  const program = new Command('sluice')
    .description('Pools subsidy money and pays it to marketplace sellers, every cent explained.')
    .option('--verbose', `show every business step; logs are in ${SLUICE_STATE_DIR}/logs anyway`)
    .showHelpAfterError('(--help shows what there is)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText('afterAll', exitCodesHelp);
  addStart(program, run);
  addRedeem(program, run);
  addStatement(program, run);
  addCheck(program, run);
  addPool(program, run);
  return program;
}

function addStart(program: Command, run: Run): void {
  program
    .command('start')
    .description('the main job: real weeks of co-funded discounts, from coupon to bank')
    .option('--weeks <weeks>', 'weeks of 2017 to replay, such as 27-30, 27 or 1,3-4', '27-30')
    .option('--exit', 'end when the job is done instead of staying up')
    .option('--fresh', 'forget all data of earlier runs first')
    .option('--json', 'the whole summary as one JSON object on the last line')
    .action((options: Partial<StartOptions> & Pick<StartOptions, 'weeks'>) => {
      const { weeks, exit = false, fresh = false, json = false } = options;
      return run(async (config) => {
        const { start } = await import('./commands/start.ts');
        return start(config, { weeks, exit, fresh, json });
      });
    });
}

function addRedeem(program: Command, run: Run): void {
  program
    .command('redeem')
    .description('take redemptions from a CSV file and settle them')
    .argument('<file>', 'redemption CSV; tools/datasets/README.md describes its columns')
    .option('--pool <pool>', 'the pool that pays; not needed while one alone is open')
    .option('--json', 'the result as one JSON object on the last line')
    .action((file: string, { json = false, ...options }: Partial<RedeemOptions>) =>
      run(async (config) => {
        const { redeem } = await import('./commands/redeem.ts');
        return redeem(config, file, { json, ...options });
      }),
    );
}

function addStatement(program: Command, run: Run): void {
  program
    .command('statement')
    .description("a seller's statement: who funded it, what was paid out, what is owed")
    .argument('<seller>', "the seller's id, such as 367")
    .option('--lines <count>', 'how many of the latest lines to show', positive, 20)
    .action((seller: string, options: StatementOptions) =>
      run(async (config) => {
        const { statement } = await import('./commands/statement.ts');
        return statement(config, seller, options);
      }),
    );
}

function addCheck(program: Command, run: Run): void {
  program
    .command('check')
    .description('check the invariants over everything stored, and at the bank when it runs')
    .option('--json', 'as one JSON object on the last line')
    .action(({ json = false }: { json?: boolean }) =>
      run(async (config) => {
        const { check } = await import('./commands/check.ts');
        return check(config, { json });
      }),
    );
}

function addPool(program: Command, run: Run): void {
  const pool = program.command('pool').description('look at subsidy pools');
  pool
    .command('list')
    .description('all pools')
    .action(() =>
      run(async (config) => {
        const { listAllPools } = await import('./commands/pool.ts');
        return listAllPools(config);
      }),
    );
  pool
    .command('show')
    .description('one pool: size, sources against their mandates, outcomes by reason')
    .argument('[pool]', 'its id; the latest when left out')
    .action((id: string | undefined) =>
      run(async (config) => {
        const { showPool } = await import('./commands/pool.ts');
        return showPool(config, id);
      }),
    );
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new InvalidArgumentError('Give a whole number from 1 to 999999.');
  }
  return Number.parseInt(text, 10);
}
