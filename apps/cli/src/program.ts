import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addBilling } from './commands/billing-program.ts';
import type { ExplainOptions } from './commands/booking-explain.ts';
import type { ExportOptions } from './commands/ledger-export.ts';
import type { VerifyLedgerOptions } from './commands/ledger-verify.ts';
import type { RedeemOptions } from './commands/redeem.ts';
import type { RulesCheckOptions } from './commands/rules-check.ts';
import type { RulesOptions } from './commands/rules-explain.ts';
import { addRollout } from './commands/rules-rollout-program.ts';
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
  addRules(program, run);
  addCheck(program, run);
  addPool(program, run);
  addLedger(program, run);
  addBooking(program, run);
  addBilling(program, run, positive);
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
    .addOption(
      new Option('--order <order>', 'by when a line was recorded, or by when it counts')
        .choices(['recorded', 'effective'])
        .default('recorded'),
    )
    .option('--since <moment>', 'from this moment on, such as 2017-07-01T00:00:00Z')
    .option('--until <moment>', 'before this moment')
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

function addBooking(program: Command, run: Run): void {
  const booking = program.command('booking').description('check and try out booking rules');
  booking
    .command('check')
    .description('check a file of booking rules and tell every fault; 2 when there is one')
    .argument('<file>', 'booking rules in JSON, such as config/booking-rules.json')
    .option('--json', 'the faults as one JSON object on the last line')
    .action((file: string, { json = false }: { json?: boolean }) =>
      run(async (config) => {
        const { checkBookingRules } = await import('./commands/booking-check.ts');
        return checkBookingRules(config, file, { json });
      }),
    );
  addBookingExplain(booking, run);
  booking
    .command('diff')
    .description('book all recorded events again by a draft; 1 when it refuses more of them')
    .argument('<draft>', 'booking rules in JSON, held against those of the configuration')
    .option('--json', 'every account as one JSON object on the last line')
    .action((draft: string, { json = false }: { json?: boolean }) =>
      run(async (config) => {
        const { diffBookingRules } = await import('./commands/booking-diff.ts');
        return diffBookingRules(config, draft, { json });
      }),
    );
}

function addBookingExplain(booking: Command, run: Run): void {
  booking
    .command('explain')
    .description('which rule books an event, why, and what it books; 1 when it is refused')
    .option('--event <file>', 'the event in JSON; the options below override its fields')
    .option('--type <type>', 'business type, such as subsidy.coupon')
    .option('--institution <name>', 'whose rules apply; that of the configuration when left out')
    .option('--parameter <name=value>', 'such as seller=367; any number of them', gather, [])
    .option('--amount <name=amount>', 'such as "drawn=1.20 USD"; any number', gather, [])
    .option('--key <key>', 'business key of the event')
    .option('--at <instant>', 'when it counts, such as 2017-07-01T09:30:00Z; now when left out')
    .option('--rules <file>', 'booking rules in JSON; those of the configuration when left out')
    .option('--json', 'the explanation as one JSON object on the last line')
    .action(({ json = false, ...options }: Omit<ExplainOptions, 'json'> & { json?: boolean }) =>
      run(async (config) => {
        const { explainEvent } = await import('./commands/booking-explain.ts');
        return explainEvent(config, { json, ...options });
      }),
    );
}

function addRules(program: Command, run: Run): void {
  const rules = program.command('rules').description('check, try out and roll out discount rules');
  rules
    .command('check')
    .description('every fault with its place (2), then what the linter finds (1)')
    .argument('<files...>', 'rule sets in text form, or in stored form when they end in .json')
    .option('--format', 'write text forms back as the formatter has them')
    .option('--stored', 'print the stored form, the findings to standard error')
    .action(
      (files: readonly string[], { format = false, stored = false }: Partial<RulesCheckOptions>) =>
        run(async (config) => {
          const { checkRules } = await import('./commands/rules-check.ts');
          return checkRules(config, files, { format, stored });
        }),
    );
  rules
    .command('explain')
    .description('what is given for a recorded redemption, why, and what would have to change')
    .argument('<file>', 'redemption CSV')
    .argument('<id>', 'the redemption')
    .option(...rulesOption)
    .action((file: string, id: string, options: RulesOptions) =>
      run(async (config) => {
        const { explainRules } = await import('./commands/rules-explain.ts');
        return explainRules(config, file, id, options);
      }),
    );
  addRulesRuns(rules, run);
  addRollout(rules, run, { gather, count: positive });
}

const rulesOption = [
  '--rules <file>',
  'a rule set; any number of them; those of the configuration when left out',
  gather,
  [],
] as const;

type RulesRunOptions = RulesOptions & { readonly json?: boolean };

function addRulesRuns(rules: Command, run: Run): void {
  rules
    .command('simulate')
    .description('decide all recorded redemptions and sum up by rule')
    .argument('<file>', 'redemption CSV')
    .option(...rulesOption)
    .option('--json', 'the sums as one JSON object on the last line')
    .action((file: string, { json = false, ...options }: RulesRunOptions) =>
      run(async (config) => {
        const { simulateRules } = await import('./commands/rules-simulate.ts');
        return simulateRules(config, file, { json, ...options });
      }),
    );
  rules
    .command('diff')
    .description(
      'decide all recorded redemptions by a draft as well: how often, how much it differs',
    )
    .argument('<file>', 'redemption CSV')
    .argument('<draft>', 'a rule set, in the place of the one with its id')
    .option(...rulesOption)
    .option('--json', 'the comparison as one JSON object on the last line')
    .action((file: string, draft: string, { json = false, ...options }: RulesRunOptions) =>
      run(async (config) => {
        const { diffRules } = await import('./commands/rules-simulate.ts');
        return diffRules(config, file, draft, { json, ...options });
      }),
    );
}

function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function addLedger(program: Command, run: Run): void {
  const ledger = program.command('ledger').description("the ledger's hash chain");
  ledger
    .command('seal')
    .description('seal all transfers that are recorded by now; a running start does it by itself')
    .action(() =>
      run(async (config) => {
        const { sealLedger } = await import('./commands/ledger-seal.ts');
        return sealLedger(config);
      }),
    );
  ledger
    .command('export')
    .description('all that is sealed as JSON lines, to be checked by verify')
    .option('--out <file>', 'where to; standard output when left out')
    .action((options: ExportOptions) =>
      run(async (config) => {
        const { exportLedger } = await import('./commands/ledger-export.ts');
        return exportLedger(config, options);
      }),
    );
  ledger
    .command('verify')
    .description('check an export, without a database: what was changed in it, and where')
    .argument('<file>', 'what export has written')
    .option('--head <hash>', 'a head hash that was kept elsewhere', sha256Hex)
    .action((file: string, options: VerifyLedgerOptions) =>
      run(async () => {
        const { verifyLedger } = await import('./commands/ledger-verify.ts');
        return verifyLedger(file, options);
      }),
    );
}

function sha256Hex(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new InvalidArgumentError(
      'Give the 64 hex digits of a head, as export and check name it.',
    );
  }
  return text;
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new InvalidArgumentError('Give a whole number from 1 to 999999.');
  }
  return Number.parseInt(text, 10);
}
