import { withTransaction, type Json } from '@sluice/database';
import { expectAnswer } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import {
  createRuleInterface,
  RuleManagement,
  ruleSetToJson,
  type Terminal,
} from '@sluice/rule-engine';
import { publishRuleSet } from '@sluice/rulebook';
import { dayOf, factsOf } from '../activities/price-redemption.ts';
import { decideOnTill } from '../decide-on-till.ts';
import type { TestSystem } from './test-system.ts';

/** A rule set in the stored form. */
export type StoredRules = Readonly<Record<string, Json>>;

/** The rules of the configuration under another version, changed as text. */
export function configuredRules(
  { program }: TestSystem,
  version: number,
  change: (text: string) => string = (text) => text,
): StoredRules {
  const stored = JSON.stringify(ruleSetToJson(program.ruleSets[0]!));
  return { ...(JSON.parse(change(stored)) as StoredRules), version };
}

/** Puts a rule set into the rulebook. */
export async function publishRules({ db }: TestSystem, content: StoredRules): Promise<void> {
  const publication = { content, publishedBy: 'test' };
  expectAnswer(await withTransaction(db.app, (tx) => publishRuleSet(tx, publication)));
}

/** A till of a test. */
export interface ExampleTill {
  /** Whom staged rollouts count everything as; null: the user. */
  readonly unit?: string;
  readonly terminal?: Terminal;
}

/**
 * A till that has these rules, and those of the configuration when none are given. Its facts come
 * late and cost something, so that it plans which to fetch.
 *
 * @returns a redemption with what the till decides for it.
 */
export async function exampleTill(
  system: TestSystem,
  ruleSets: readonly StoredRules[] = [configuredRules(system, 1)],
  { unit, terminal = { deviceId: 'till-1' } }: ExampleTill = {},
): Promise<(redemption: Redemption) => Promise<Redemption>> {
  interface Request {
    readonly at: string;
    readonly redemption: Redemption;
  }
  const management = new RuleManagement({ fetchFor: () => Promise.resolve(ruleSets) });
  for (const refusal of await management.refresh(terminal)) expectAnswer(refusal);
  const businesses = system.program.discounts.map(({ business }) => business);
  const names = businesses.flatMap((business) => [
    ...management.rulesFor(terminal, business).compiled.factNames,
  ]);
  const facts = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        cost: 1 + (index % 3),
        provide: async ({ redemption }: Request) => {
          await Promise.resolve();
          return factsOf(redemption, unit ?? null)(name);
        },
      },
    ]),
  );
  const rules = createRuleInterface<Request>({ management, terminal, facts });
  return async (redemption) => ({
    ...redemption,
    tillDecision: await decideOnTill(
      { management, terminal, rules, businesses },
      { at: dayOf(redemption), redemption },
      unit ?? null,
    ),
  });
}
