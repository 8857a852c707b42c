import type { Command } from 'commander';
import type { CliConfig } from '../config.ts';
import type { RolloutOptions } from './rollout-terms.ts';

type Run = (work: (config: CliConfig) => Promise<number>) => Promise<void>;
type Json = { readonly json?: boolean };
type Reason = { readonly reason: string };

/** How options are read. */
interface Readers {
  readonly gather: (value: string, before: readonly string[]) => readonly string[];
  readonly count: (text: string) => number;
}

const inJson = 'the result as one JSON object on the last line';
const set = 'the id of a published rule set, such as complete-journey-discounts';

/** Adds `sluice rules rollout` and `sluice rules history`. */
export function addRollout(rules: Command, run: Run, readers: Readers): void {
  const rollout = rules
    .command('rollout')
    .description('roll a draft of a published rule set out, stage by stage');
  addStart(rollout, run, readers);
  rollout
    .command('show')
    .description('where rollouts stand: each step, what was counted in it, what the gate says')
    .argument('[set]', `${set}; all when left out`)
    .option('--json', inJson)
    .action((setId: string | undefined, { json = false }: Json) =>
      run(async (config) => {
        const { showRollouts } = await import('./rules-rollout-show.ts');
        return showRollouts(config, setId, { json });
      }),
    );
  addSteering(rollout, run);
  rules
    .command('history')
    .description('all published versions of a rule set, and where each came from')
    .argument('<set>', set)
    .option('--json', inJson)
    .action((setId: string, { json = false }: Json) =>
      run(async (config) => {
        const { showHistory } = await import('./rules-history.ts');
        return showHistory(config, setId, { json });
      }),
    );
}

function addStart(rollout: Command, run: Run, { gather, count }: Readers): void {
  rollout
    .command('start')
    .description('begin a rollout: it grows, pauses and ends by itself while a worker runs')
    .argument('<draft>', 'the changed rule set in text form, or stored when it ends in .json')
    .requiredOption('--salt <salt>', 'of the rollout(...) that guards what the draft adds')
    .option('--stages <stages>', 'shadow first, if wanted, then percentages', 'shadow,5,25,100')
    .option(
      '--runs <count>',
      'redemptions that have to keep to the gate in each stage',
      count,
      1000,
    )
    .option('--failures <count>', 'in a million that the draft may fail to tell, at most', '0')
    .option('--moved <amount>', 'money that may move, such as "10.00 USD"; repeat it', gather, [])
    .option('--every <seconds>', 'how often the gate looks', count, 10)
    .option('--json', inJson)
    .action((draft: string, { json = false, ...options }: Json & RolloutOptions) =>
      run(async (config) => {
        const { startRollout } = await import('./rules-rollout.ts');
        return startRollout(config, draft, { json, ...options });
      }),
    );
}

function addSteering(rollout: Command, run: Run): void {
  const reason = ['--reason <text>', 'why, for whoever looks at it later'] as const;
  rollout
    .command('pause')
    .description('let a rollout grow no more until it is resumed')
    .argument('<set>', set)
    .option(...reason, 'asked for on the command line')
    .action((setId: string, options: Reason) =>
      run(async (config) => {
        const { pauseRollout } = await import('./rules-rollout.ts');
        return pauseRollout(config, setId, options);
      }),
    );
  rollout
    .command('resume')
    .description('go on in the stage that a rollout paused in, counting anew')
    .argument('<set>', set)
    .action((setId: string) =>
      run(async (config) => {
        const { resumeRollout } = await import('./rules-rollout.ts');
        return resumeRollout(config, setId);
      }),
    );
  rollout
    .command('roll-back')
    .description('end a rollout at once: what was in force before is in force again')
    .argument('<set>', set)
    .requiredOption(...reason)
    .action((setId: string, options: Reason) =>
      run(async (config) => {
        const { rollBackRollout } = await import('./rules-rollout.ts');
        return rollBackRollout(config, setId, options);
      }),
    );
}
