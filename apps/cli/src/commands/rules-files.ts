import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import { parseRuleSet, type RuleSet } from '@sluice/rule-engine';
import { parseRuleSetText } from '@sluice/rule-engine/text';
import { z } from 'zod';
import type { CliConfig } from '../config.ts';

/** A file of rules as it was read. */
export interface RuleFile {
  readonly file: string;
  readonly text: string;
  /** Null where it has faults. */
  readonly ruleSet: RuleSet | null;
  readonly faults: readonly string[];
}

/**
 * Reads a rule set: `.json` is the stored form, anything else the text form.
 *
 * @throws UnexpectedRefusalError `FILE_UNREADABLE`.
 */
export async function readRuleFile(config: CliConfig, file: string): Promise<RuleFile> {
  const text = await readText(resolve(config.callerDir, file), file);
  const parsed = file.endsWith('.json')
    ? parseRuleSet(readJson(text, file))
    : parseRuleSetText(text);
  if (!isRefusal(parsed)) return { file, text, ruleSet: parsed, faults: [] };
  const { faults } = parsed.details;
  return { file, text, ruleSet: null, faults: Array.isArray(faults) ? faults.map(String) : [] };
}

const programFile = z.looseObject({ ruleSets: z.array(z.string()).min(1) });

/**
 * The rule sets of these files; where none is named, those of the configuration.
 *
 * @throws UnexpectedRefusalError `RULE_SET_INVALID` with every fault, `FILE_UNREADABLE`.
 */
export async function readRuleSets(
  config: CliConfig,
  files: readonly string[],
): Promise<readonly RuleSet[]> {
  const named = files.length > 0 ? files : await configuredFiles(config);
  const read = await Promise.all(named.map((file) => readRuleFile(config, file)));
  return read.map(({ file, ruleSet, faults }) => {
    if (ruleSet !== null) return ruleSet;
    const message = `${file}: ${faults.join('; ')}`;
    throw new UnexpectedRefusalError(refuse('RULE_SET_INVALID', message, { file, faults }));
  });
}

async function configuredFiles({ SLUICE_CONFIG_DIR }: CliConfig): Promise<readonly string[]> {
  const path = resolve(SLUICE_CONFIG_DIR, 'program.json');
  const parsed = programFile.safeParse(readJson(await readText(path, path), path));
  if (parsed.success) return parsed.data.ruleSets.map((file) => resolve(SLUICE_CONFIG_DIR, file));
  const message = `${path} names no rule sets: list their files under "ruleSets"`;
  throw new UnexpectedRefusalError(refuse('PROGRAM_INVALID', message, { path }));
}

/** The businesses that the sets have rules for, in the order in which they are written. */
export function businessesOf(ruleSets: readonly RuleSet[]): readonly string[] {
  return [...new Set(ruleSets.flatMap(({ rules }) => rules.map(({ business }) => business)))];
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function readJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): UnexpectedRefusalError {
  const why = error instanceof Error ? error.message : String(error);
  return new UnexpectedRefusalError(
    refuse('FILE_UNREADABLE', `${file} cannot be read: ${why}`, { file }),
  );
}
