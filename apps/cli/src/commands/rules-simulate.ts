import { dayOf, factsOf } from '@sluice/orchestrator/activities';
import type { Redemption } from '@sluice/pool';
import {
  compileLayers,
  decideNow,
  decideWithShadow,
  explain,
  ShadowTally,
  valueText,
  type CompiledRules,
  type Decision,
  type RuleSet,
  type ShadowReport,
} from '@sluice/rule-engine';
import { formatMoney, money, type WireMoney } from '@sluice/money';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { counted, grouped } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { RulesOptions } from './rules-explain.ts';
import { businessesOf, readRuleSets } from './rules-files.ts';
import { recordedRedemptions } from './rules-redemptions.ts';

/** What rules did over recorded redemptions, by rule; money by currency. */
interface Total {
  runs: number;
  readonly money: Map<string, bigint>;
}

const toldExamples = 3;

/** Decides all recorded redemptions by the rules and sums up by business and rule. */
export async function simulateRules(
  config: CliConfig,
  file: string,
  { rules, json }: RulesOptions & { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const ruleSets = await readRuleSets(config, rules);
  const businesses = businessesOf(ruleSets).map((name) => compileLayers(ruleSets, name));
  const totals = new Map<string, Total>();
  const refused = { count: 0 };
  let redemptions = 0;
  for await (const redemption of recordedRedemptions(config, file, refused)) {
    redemptions += 1;
    for (const compiled of businesses) {
      add(totals, decideNow(compiled, factsOf(redemption, null), dayOf(redemption)));
    }
  }
  const rows = [...totals].map(([name, { runs, money: sums }]) => {
    const [business = '', outcome = ''] = JSON.parse(name) as string[];
    return { business, outcome, runs, money: [...sums].map(inWords) };
  });
  rows.sort((left, right) =>
    left.business + left.outcome < right.business + right.outcome ? -1 : 1,
  );
  terminal.heading(`${counted(redemptions, 'redemption')} of ${file}`);
  terminal.table(
    [
      { title: 'business' },
      { title: 'outcome', cuttable: true },
      { title: 'redemptions', figures: true },
      { title: 'money', figures: true },
    ],
    rows.map((row) => [row.business, row.outcome, grouped(row.runs), row.money.join(', ')]),
  );
  tellRefused(terminal, refused.count);
  if (json)
    process.stdout.write(`${JSON.stringify({ redemptions, refused: refused.count, rows })}\n`);
  return refused.count === 0 ? exitCodes.fine : exitCodes.broken;
}

function add(totals: Map<string, Total>, { business, outcome, rule, value }: Decision): void {
  const said = rule === null ? outcome : `${outcome} by ${rule.id} v${rule.version}`;
  const key = JSON.stringify([business, said]);
  const total = totals.get(key) ?? { runs: 0, money: new Map<string, bigint>() };
  totals.set(key, total);
  total.runs += 1;
  if (value?.kind !== 'money') return;
  const { minor, currency } = value.money;
  total.money.set(currency, (total.money.get(currency) ?? 0n) + minor);
}

function inWords([currency, minor]: readonly [string, bigint]): string {
  return grouped(formatMoney(money(minor, currency)));
}

interface Shadow {
  readonly live: CompiledRules;
  readonly draft: CompiledRules;
  readonly tally: ShadowTally;
  readonly examples: string[];
}

/**
 * Decides all recorded redemptions by the rules and, beside them, by a draft that takes the place
 * of the set of its id: how often they differ, and by how much money. Gives 1 when the draft cannot
 * be told where the rules can.
 */
export async function diffRules(
  config: CliConfig,
  file: string,
  draft: string,
  { rules, json }: RulesOptions & { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const live = await readRuleSets(config, rules);
  const drafted = withDraft(live, await readRuleSets(config, [draft]));
  const shadows = businessesOf([...live, ...drafted]).map((business): Shadow => {
    const tally = new ShadowTally();
    const both = { live: compileLayers(live, business), draft: compileLayers(drafted, business) };
    return { ...both, tally, examples: [] };
  });
  const refused = { count: 0 };
  for await (const redemption of recordedRedemptions(config, file, refused)) {
    for (const shadow of shadows) compare(shadow, redemption);
  }
  const reports = shadows.map(({ live: { business }, tally }) => ({ business, ...tally.report() }));
  for (const [index, report] of reports.entries()) {
    printReport(terminal, report, shadows[index]?.examples ?? []);
  }
  tellRefused(terminal, refused.count);
  if (json) process.stdout.write(`${JSON.stringify({ refused: refused.count, reports })}\n`);
  const isWell = refused.count === 0 && reports.every(({ failures }) => failures === 0);
  return isWell ? exitCodes.fine : exitCodes.broken;
}

function withDraft(live: readonly RuleSet[], drafts: readonly RuleSet[]): readonly RuleSet[] {
  const ids = new Set(drafts.map(({ id }) => id));
  return [...live.filter(({ id }) => !ids.has(id)), ...drafts];
}

function compare(shadow: Shadow, redemption: Redemption): void {
  const shadowed = decideWithShadow(shadow, factsOf(redemption, null), dayOf(redemption));
  shadow.tally.add(shadowed);
  if (!shadowed.differs || shadow.examples.length >= toldExamples) return;
  const { live, draft } = shadowed;
  const why = explain(draft).replaceAll(/\s*\n\s*/g, '; ');
  shadow.examples.push(`${redemption.id}: ${inShort(live)}; by the draft ${why}`);
}

function inShort({ outcome, value }: Decision): string {
  return value === null ? outcome : valueText(value);
}

function printReport(
  terminal: Terminal,
  report: ShadowReport & { readonly business: string },
  examples: readonly string[],
): void {
  const { business, runs, disagreements, failures, difference, moved } = report;
  terminal.heading(business);
  terminal.line(`  ${grouped(disagreements)} of ${counted(runs, 'redemption')} differ`);
  if (failures > 0) terminal.line(`  ${grouped(failures)} of them the draft cannot tell`);
  if (moved.length > 0) {
    terminal.line(`  the draft gives ${amounts(difference)} more; ${amounts(moved)} move`);
  }
  for (const example of examples) terminal.item('  ', example);
}

function amounts(all: readonly WireMoney[]): string {
  return all.map(({ amount, currency }) => `${grouped(amount)} ${currency}`).join(', ');
}

function tellRefused(terminal: Terminal, count: number): void {
  if (count > 0) terminal.line(`${counted(count, 'row')} could not be read; redeem tells why.`);
}
