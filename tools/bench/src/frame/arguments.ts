import { Command, InvalidArgumentError } from 'commander';

/** What was asked for on the command line. */
export interface Arguments {
  readonly names: readonly string[];
  readonly list: boolean;
  readonly json: boolean;
  readonly quick: boolean;
  /** Null for each bench's own number. */
  readonly rounds: number | null;
}

function roundCount(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Give a number from 1 to 999.');
  return parseInt(text, 10);
}

/** Reads the arguments; for `--help` and for wrong ones it says so and ends the process. */
export function parseArguments(args: readonly string[]): Arguments {
  const command = new Command('npm run bench --')
    .description(
      'Measures Sluice on this machine, on servers of its own that are removed after it.',
    )
    .argument('[names...]', 'the benches to run; all of them when left out')
    .option('--list', 'name the benches and what they measure', false)
    .option('--json', 'everything as one JSON object on the last line', false)
    .option('--rounds <count>', 'rounds of each bench', roundCount)
    .option('--quick', 'the least load that runs every line; its figures mean nothing', false)
    .addHelpText(
      'after',
      '\nThe data lies in SLUICE_STATE_DIR, which is .sluice when it is not set.',
    )
    .showHelpAfterError()
    .parse(args, { from: 'user' });
  const options = command.opts<Omit<Arguments, 'names' | 'rounds'> & { rounds?: number }>();
  return { ...options, rounds: options.rounds ?? null, names: command.args };
}
