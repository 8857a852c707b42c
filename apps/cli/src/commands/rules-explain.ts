import { refuse, UnexpectedRefusalError } from '@sluice/money';
import { dayOf, factsOf } from '@sluice/orchestrator/activities';
import type { Redemption } from '@sluice/pool';
import { compileLayers, decideNow, explain } from '@sluice/rule-engine';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { Terminal } from '../terminal/terminal.ts';
import { businessesOf, readRuleSets } from './rules-files.ts';
import { recordedRedemptions } from './rules-redemptions.ts';

/** Which rules a command works with; those of the configuration when none is named. */
export interface RulesOptions {
  readonly rules: readonly string[];
}

/**
 * Tells of one recorded redemption what each business's rules decide, why, and what would have to
 * change.
 */
export async function explainRules(
  config: CliConfig,
  file: string,
  id: string,
  { rules }: RulesOptions,
): Promise<number> {
  const terminal = new Terminal();
  const ruleSets = await readRuleSets(config, rules);
  const redemption = await findRedemption(config, file, id);
  terminal.heading(`Redemption ${id} of ${dayOf(redemption)}`);
  for (const business of businessesOf(ruleSets)) {
    const compiled = compileLayers(ruleSets, business);
    const decision = decideNow(compiled, factsOf(redemption, null), dayOf(redemption));
    terminal.line();
    terminal.line(`${business}: ${explain(decision)}`);
    for (const { rule, to, changes } of decision.suggestions) {
      terminal.line(`  for ${rule.id} to ${to === 'hold' ? 'apply' : 'let go'}:`);
      for (const { text } of changes) terminal.item('    ', text);
    }
  }
  return exitCodes.fine;
}

async function findRedemption(config: CliConfig, file: string, id: string): Promise<Redemption> {
  for await (const redemption of recordedRedemptions(config, file, { count: 0 })) {
    if (redemption.id === id) return redemption;
  }
  const message = `${file} has no good row of redemption "${id}": check the id`;
  throw new UnexpectedRefusalError(refuse('FILE_UNREADABLE', message, { file, id }));
}
