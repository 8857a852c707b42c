import { withTransaction, type Database } from '@sluice/database';
import { expectAnswer, refuse, UnexpectedRefusalError } from '@sluice/money';
import type { RuleRolloutView } from '@sluice/orchestrator';
import { recordRuleRollout } from '@sluice/orchestrator/activities';
import {
  hasEnded,
  listRollouts,
  lockRollout,
  overtaken,
  readRollouts,
  type Rollout,
} from '@sluice/rulebook';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { checkConfigDir, publishConfig } from '../publish-config.ts';
import { inSession } from '../session/in-session.ts';
import type { Session } from '../session/open-session.ts';
import { pause } from '../session/pause.ts';
import { Terminal } from '../terminal/terminal.ts';
import { readTerms, type RolloutOptions } from './rollout-terms.ts';
import { readRuleSets } from './rules-files.ts';

/** A workflow that was ended from outside is begun again by whoever steers it. */
const everyMs = 10_000;
const lookEveryMs = 100;

/** Records a rollout and has its first stage begin; the same again finds it. */
export async function startRollout(
  config: CliConfig,
  file: string,
  { json, ...options }: RolloutOptions & { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const terms = expectAnswer(readTerms(options, file));
  const [draft] = await readRuleSets(config, [file]);
  if (draft === undefined) throw new Error(`${file} holds no rule set`);
  const program = await checkConfigDir(config.SLUICE_CONFIG_DIR);
  return inSession(config, terminal, async ({ database, sluice }, signal) => {
    await publishConfig(database, config.SLUICE_CONFIG_DIR, program);
    const started = await recordRuleRollout(database, program, { ...terms, draft });
    const { kind, rolloutId, setId } = expectAnswer(started);
    await sluice.ruleRollout({ setId, rolloutId, everyMs: 1_000 * options.every });
    const rollout = await until(database, rolloutId, signal, ({ steps, state }) => {
      return steps.length > 0 || state !== 'running';
    });
    terminal.line(`Rollout ${rolloutId} ${kind === 'exists' ? 'goes on' : 'has begun'}.`);
    terminal.line(`It grows while a worker runs: sluice rules rollout show ${setId}`);
    if (json) {
      const { state, baseVersion, steps } = rollout;
      const result = { kind, rolloutId, setId, state, baseVersion, steps };
      process.stdout.write(`${JSON.stringify(result)}\n`);
    }
    return exitCodes.fine;
  });
}

/** Lets the unfinished rollout of a rule set grow no more. */
export function pauseRollout(
  config: CliConfig,
  setId: string,
  { reason }: { readonly reason: string },
): Promise<number> {
  return steer(config, setId, async ({ session, rollout, terminal, signal }) => {
    const { database, sluice } = session;
    const { rolloutId } = rollout;
    const handle = await sluice.ruleRollout({ setId, rolloutId, everyMs });
    await handle.signal('pauseRollout', { reason });
    const after = await until(database, rolloutId, signal, ({ state }) => state !== 'running');
    terminal.line(`Rollout ${rolloutId} is ${after.state}: ${after.reason}`);
  });
}

/** Has the paused rollout of a rule set go on where it is. */
export function resumeRollout(config: CliConfig, setId: string): Promise<number> {
  return steer(config, setId, async ({ session, rollout, terminal, signal }) => {
    const { database, sluice } = session;
    const { rolloutId, state } = rollout;
    if (state !== 'paused') {
      throw refusal('ROLLOUT_NOT_PAUSED', `rollout ${rolloutId} is ${state}: nothing to resume`);
    }
    const inTheWay = await withTransaction(database, async (tx) =>
      overtaken(expectAnswer(await lockRollout(tx, rolloutId))),
    );
    if (inTheWay !== null) throw refusal('ROLLOUT_OVERTAKEN', `rollout ${rolloutId}: ${inTheWay}`);
    const handle = await sluice.ruleRollout({ setId, rolloutId, everyMs });
    await handle.signal('resumeRollout');
    const after = await until(database, rolloutId, signal, (now) => now.state !== 'paused');
    terminal.line(`Rollout ${rolloutId} is ${after.state} again, and counts anew.`);
  });
}

/** Ends the unfinished rollout of a rule set; what was in force before it is in force again. */
export function rollBackRollout(
  config: CliConfig,
  setId: string,
  { reason }: { readonly reason: string },
): Promise<number> {
  return steer(config, setId, async ({ session: { sluice }, rollout, terminal }) => {
    const { rolloutId } = rollout;
    const handle = await sluice.ruleRollout({ setId, rolloutId, everyMs });
    const view = await handle.executeUpdate<RuleRolloutView, [{ readonly reason: string }]>(
      'rollBackRollout',
      { args: [{ reason }] },
    );
    const { state, inForce, baseVersion, why } = view;
    terminal.line(`Rollout ${rolloutId} is ${state}: ${why}`);
    const what = state === 'rolled-back' ? `, with what v${baseVersion} said` : '';
    terminal.line(`v${inForce} of ${setId} is in force${what}.`);
  });
}

interface Steered {
  readonly session: Session;
  readonly rollout: Rollout;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

function steer(
  config: CliConfig,
  setId: string,
  work: (steered: Steered) => Promise<void>,
): Promise<number> {
  const terminal = new Terminal();
  return inSession(config, terminal, async (session, signal) => {
    const rollouts = await listRollouts(session.database, setId);
    const rollout = rollouts.find((one) => !hasEnded(one));
    if (rollout === undefined) {
      const message = `no rollout of rule set "${setId}" is under way: sluice rules rollout show`;
      throw refusal('ROLLOUT_NOT_UNDER_WAY', message);
    }
    await work({ session, rollout, terminal, signal });
    return exitCodes.fine;
  });
}

async function until(
  database: Database,
  rolloutId: string,
  signal: AbortSignal,
  holds: (rollout: Rollout) => boolean,
): Promise<Rollout> {
  for (;;) {
    const [rollout] = await readRollouts(database, [rolloutId]);
    if (rollout !== undefined && holds(rollout)) return rollout;
    await pause(lookEveryMs, signal);
  }
}

function refusal(code: string, message: string): UnexpectedRefusalError {
  return new UnexpectedRefusalError(refuse(code, message, {}));
}
