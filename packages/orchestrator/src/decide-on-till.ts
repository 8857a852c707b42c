import {
  decisionRecord,
  type InstalledRules,
  type RuleInterface,
  type RuleManagement,
  type RunRequest,
  type Terminal,
} from '@sluice/rule-engine';
import { tillDecisionText } from './till-decision.ts';

/** A till with its rules. */
export interface Till<Request extends RunRequest> {
  readonly terminal: Terminal;
  readonly management: Pick<RuleManagement, 'rulesFor'>;
  /** Of the same terminal and management. */
  readonly rules: RuleInterface<Request>;
  /** All businesses that decide a discount, whether or not the till has a rule for them. */
  readonly businesses: readonly string[];
}

type Asked = Pick<Till<never>, 'management' | 'terminal' | 'businesses'>;

/**
 * Decides every business on a till, all by the same rules: when newer ones are installed meanwhile,
 * by those.
 *
 * @param unit whom staged rollouts count the request as: what the till's rules get as the fact
 *   `rollout.unit`; null: the user.
 * @returns what travels with the redemption, for the server to decide the same.
 */
export async function decideOnTill<Request extends RunRequest>(
  till: Till<Request>,
  request: Request,
  unit: string | null,
): Promise<string> {
  for (;;) {
    const { ruleSets } = installedOn(till);
    const records = await recordsOf(till, request);
    if (installedOn(till).ruleSets !== ruleSets) continue;
    const { deviceId: device } = till.terminal;
    return tillDecisionText({ at: request.at, device, unit, ruleSets, records });
  }
}

/** Which sets are installed is the same for all businesses. */
function installedOn({ management, terminal, businesses: [any = ''] }: Asked): InstalledRules {
  return management.rulesFor(terminal, any);
}

async function recordsOf<Request extends RunRequest>(
  { rules, businesses }: Till<Request>,
  request: Request,
): Promise<ReadonlyMap<string, string>> {
  const records = new Map<string, string>();
  for (const business of businesses) {
    records.set(business, decisionRecord(await rules.run(business, request)));
  }
  return records;
}
