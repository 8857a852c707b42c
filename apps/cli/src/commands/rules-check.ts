import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expectAnswer } from '@sluice/money';
import { lintRules, ruleSetToJson, type RuleSet } from '@sluice/rule-engine';
import { formatRuleSetText } from '@sluice/rule-engine/text';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import { businessesOf, readRuleFile, type RuleFile } from './rules-files.ts';

/** How rules are checked. */
export interface RulesCheckOptions {
  /** Write text forms back as the formatter has them. */
  readonly format: boolean;
  /** Print the stored form instead of the findings. */
  readonly stored: boolean;
}

/**
 * Checks files of rules, in text or stored form, as the layers of one terminal: every fault with
 * its place, then what the linter finds. Gives 2 for faults, 1 for findings.
 */
export async function checkRules(
  config: CliConfig,
  files: readonly string[],
  { format, stored }: RulesCheckOptions,
): Promise<number> {
  const terminal = new Terminal(stored ? process.stderr : process.stdout);
  const read = await Promise.all(files.map((file) => readRuleFile(config, file)));
  for (const { file, faults } of read) {
    if (faults.length === 0) continue;
    terminal.line(`${file} has ${counted(faults.length, 'fault')}:`);
    for (const fault of faults) terminal.item('  ', fault);
  }
  const ruleSets = read.map(({ ruleSet }) => ruleSet).filter((ruleSet) => ruleSet !== null);
  if (ruleSets.length < read.length) return exitCodes.usage;
  if (format) await formatAll(config, read, terminal);
  if (stored) process.stdout.write(`${ruleSets.map(storedText).join('\n')}\n`);
  return lint(terminal, ruleSets);
}

function storedText(ruleSet: RuleSet): string {
  return JSON.stringify(ruleSetToJson(ruleSet), null, 2);
}

async function formatAll(
  config: CliConfig,
  read: readonly RuleFile[],
  terminal: Terminal,
): Promise<void> {
  for (const { file, text } of read) {
    if (file.endsWith('.json')) continue;
    const formatted = expectAnswer(formatRuleSetText(text));
    if (formatted === text) continue;
    await writeFile(resolve(config.callerDir, file), formatted);
    terminal.line(`${file} was formatted`);
  }
}

function lint(terminal: Terminal, ruleSets: readonly RuleSet[]): number {
  const { findings, complete } = lintRules(ruleSets);
  for (const { business, rule, code, message } of findings) {
    const { id, version, ruleSetId, layer } = rule;
    const where = `${layer} set ${ruleSetId}, ${business}`;
    terminal.item('  ', `${code} ${id} v${version} (${where}): ${message}`);
  }
  if (!complete) terminal.line('There are too many rules to compare each with all before it.');
  const rules = ruleSets.reduce((total, set) => total + set.rules.length, 0);
  const businesses = counted(businessesOf(ruleSets).length, 'business', 'businesses');
  terminal.line(
    `${counted(ruleSets.length, 'rule set')}, ${counted(rules, 'rule')}, ${businesses}: ` +
      (findings.length === 0 ? 'all is well' : counted(findings.length, 'finding')),
  );
  return findings.length === 0 ? exitCodes.fine : exitCodes.broken;
}
