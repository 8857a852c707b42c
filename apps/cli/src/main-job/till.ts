import { randomBytes } from 'node:crypto';
import * as files from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '@sluice/database';
import { expectAnswer, refuse, UnexpectedRefusalError, type Refusal } from '@sluice/money';
import { decideOnTill } from '@sluice/orchestrator';
import { dayOf, factOf, redemptionFacts, type Program } from '@sluice/orchestrator/activities';
import type { Redemption } from '@sluice/pool';
import {
  BundleSource,
  bundleText,
  createRuleInterface,
  diskSlots,
  parseRuleSet,
  publishBundle,
  RuleManagement,
  trustedKeyOf,
  type RuleSet,
  type RunRequest,
  type SigningKey,
} from '@sluice/rule-engine';
import { readRuleSets, readVersionsInForce } from '@sluice/rulebook';

/** Where the till keeps its rules and the server its key, in the state folder. */
export const tillFolder = 'till';
/** One till stands for those of all stores: they would have the same rules. */
const terminal = { deviceId: 'till-1' };
const bundleDays = 30;

/** Decides a redemption as its till did; what it decided travels with the redemption. */
export type DecideOnTill = (redemption: Redemption) => Promise<string>;

/** What a till is set up with. */
export interface TillSetup {
  readonly database: Database;
  readonly program: Program;
  readonly stateDir: string;
}

interface LineRequest extends RunRequest {
  readonly redemption: Redemption;
}

/**
 * Opens the till of the main job: the rules in force come to it as a signed bundle, are verified,
 * kept on disk and run as on any terminal, without a look at the server's own.
 *
 * @throws UnexpectedRefusalError `TILL_WITHOUT_RULES` when the bundle is not taken.
 */
export async function openTill(setup: TillSetup): Promise<DecideOnTill> {
  const management = await installRules(setup);
  const facts = Object.fromEntries(
    Object.keys(redemptionFacts).map((name) => [
      name,
      ({ redemption }: LineRequest) => factOf(redemption, name),
    ]),
  );
  const rules = createRuleInterface<LineRequest>({ management, terminal, facts });
  const businesses = setup.program.discounts.map(({ business }) => business);
  const till = { terminal, management, rules, businesses };
  return (redemption) => decideOnTill(till, { at: dayOf(redemption), redemption }, null);
}

async function installRules({ database, program, stateDir }: TillSetup): Promise<RuleManagement> {
  const folder = join(stateDir, tillFolder);
  await files.mkdir(folder, { recursive: true, mode: 0o700 });
  const key = await signingKey(join(folder, 'signing-key'));
  const refusals: Refusal[] = [];
  const source: BundleSource = new BundleSource({
    feed: {
      async fetchBundle() {
        const version = ((await source.status(terminal))?.version ?? 0) + 1;
        const ruleSets = await rulesForTill(database, program);
        const parts = { terminal, version, expiresAt: expiry(), ruleSets };
        return bundleText(publishBundle(parts, [key]));
      },
    },
    slotsOf: () => diskSlots({ files, folder, terminal }),
    keys: [trustedKeyOf(key)],
    now: () => new Date().toISOString(),
    report: (_terminal, refusal) => refusals.push(refusal),
  });
  const management = new RuleManagement(source);
  refusals.push(...(await management.refresh(terminal)));
  const [refusal] = refusals;
  if (refusal !== undefined) throw new UnexpectedRefusalError(withoutRules(refusal, folder));
  return management;
}

/** The sets in force that are for every terminal, for this institution, or for this till. */
async function rulesForTill(
  database: Database,
  { institution }: Program,
): Promise<readonly RuleSet[]> {
  const inForce = await readRuleSets(database, await readVersionsInForce(database));
  const owners = { base: null, institution, device: terminal.deviceId, user: undefined };
  return inForce
    .filter(({ layer, scopeId }) => scopeId === owners[layer])
    .map(({ content }) => expectAnswer(parseRuleSet(content)));
}

function expiry(): string {
  return `${new Date(Date.now() + bundleDays * 86_400_000).toISOString().slice(0, 19)}Z`;
}

/** The key that bundles are signed with: made at the first start, for its owner's eyes only. */
async function signingKey(path: string): Promise<SigningKey> {
  const kept = await files.readFile(path, 'utf8').catch(() => '');
  if (/^[0-9a-f]{64}$/.test(kept)) return { id: 'main-job', secretKey: kept };
  const secretKey = randomBytes(32).toString('hex');
  await files.rm(path, { force: true });
  await files.writeFile(path, secretKey, { mode: 0o600, flag: 'wx' });
  return { id: 'main-job', secretKey };
}

function withoutRules({ code, message, details }: Refusal, folder: string): Refusal {
  return refuse(
    'TILL_WITHOUT_RULES',
    `the till did not take the rules in force: ${code} ${message}. What it has is in ${folder}: ` +
      'where that is of another database, remove the folder',
    { ...details, cause: code },
  );
}
