import { withTransaction, type Database, type Json } from '@sluice/database';
import { publishBookingRules } from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import { ruleSetToJson } from '@sluice/rule-engine';
import { publishRuleSet } from '@sluice/rulebook';
import type { Program } from './program.ts';

/**
 * Publishes the discount rules and booking rules that a program's folder holds. What was published
 * before stays as it is, and a higher version of rules that is in force stays in force.
 *
 * @throws UnexpectedRefusalError `BOOKING_VERSION_TAKEN`, `BOOKING_DATE_TAKEN`,
 *   `RULE_SET_VERSION_REUSED` or `RULE_SET_VERSION_LOWERED`, nothing written.
 */
export async function publishProgram(
  database: Database,
  { ruleSets, bookingRules }: Pick<Program, 'ruleSets' | 'bookingRules'>,
): Promise<void> {
  await withTransaction(database, async (tx) => {
    for (const ruleSet of ruleSets) {
      const content = ruleSetToJson(ruleSet) as Json;
      expectAnswer(await publishRuleSet(tx, { content, publishedBy: 'configuration' }));
    }
    expectAnswer(await publishBookingRules(tx, bookingRules));
  });
}
