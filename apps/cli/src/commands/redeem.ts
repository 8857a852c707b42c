import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Database } from '@sluice/database';
import { formatMoney, refuse, money, UnexpectedRefusalError, type Refusal } from '@sluice/money';
import type { BatchProgress } from '@sluice/orchestrator';
import { listPools } from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { decidedRedemptions } from '../main-job/audit.ts';
import { replayBatch } from '../main-job/replay.ts';
import { checkConfigDir, publishConfig } from '../publish-config.ts';
import { readRedemptionCsv } from '../redeem/read-redemptions.ts';
import { takeIn, type Intake, type IntakeTarget } from '../redeem/take-in.ts';
import { inSession } from '../session/in-session.ts';
import { counted, grouped } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

/** How a file is taken in. */
export interface RedeemOptions {
  readonly pool?: string;
  readonly json: boolean;
}

/** How many refused or parked redemptions are told with their reason. */
const toldOutcomes = 20;

/** Takes redemptions from a CSV file and settles them. Gives 1 when rows were refused. */
export async function redeem(
  config: CliConfig,
  file: string,
  options: RedeemOptions,
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const path = resolve(config.callerDir, file);
  const content = await readOnce(path);
  const program = await checkConfigDir(config.SLUICE_CONFIG_DIR);
  await checkHeader(path);
  return inSession(config, terminal, async ({ database, sluice }, signal) => {
    const poolId = await poolFor(database, options.pool);
    await publishConfig(database, config.SLUICE_CONFIG_DIR, program);
    const batchId = `${poolId}-${content.name}`;
    const target = { poolId, batchId, signal };
    const intake = await recordRows(terminal, database, target, { path, lines: content.lines });
    tellIntake(terminal, intake);
    // Also when every row is known already: a run that was stopped half-way goes on here.
    const redemptions = intake.recorded + intake.known;
    const progress =
      redemptions === 0
        ? null
        : await replayBatch({ sluice, terminal, poolId, batchId, redemptions, signal });
    await tellOutcome(terminal, database, { batchId, intake, progress, signal });
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ poolId, batchId, intake, progress })}\n`);
    }
    return intake.refused === 0 ? exitCodes.fine : exitCodes.broken;
  });
}

function recordRows(
  terminal: Terminal,
  database: Database,
  target: IntakeTarget,
  { path, lines }: { readonly path: string; readonly lines: number },
): Promise<Intake> {
  return terminal.step<Intake>(
    { doing: 'recording rows', total: lines, done: ({ rows }) => counted(rows, 'row') },
    ({ set }) => takeIn(database, { ...target, onRows: set }, readRedemptionCsv(path)),
  );
}

/** A batch is named by its file and its content: the same file twice is the same batch. */
async function readOnce(path: string): Promise<{ readonly name: string; readonly lines: number }> {
  const digest = createHash('sha256');
  let lines = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      const bytes = chunk as Buffer;
      digest.update(bytes);
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
    }
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const words = whyUnreadable[why] ?? why;
    throw new UnexpectedRefusalError(
      refuse('FILE_UNREADABLE', `${path} cannot be read: ${words}`, { path }),
    );
  }
  const name = basename(path)
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .slice(0, 60);
  return { name: `${name}-${digest.digest('hex').slice(0, 12)}`, lines };
}

const whyUnreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read by you',
};

/** A file that is no redemption CSV is refused before anything is started for it. */
async function checkHeader(path: string): Promise<void> {
  for await (const rows of readRedemptionCsv(path)) if (rows.length >= 0) return;
}

async function poolFor(database: Database, asked: string | undefined): Promise<string> {
  const pools = await listPools(database);
  const open = pools.filter(({ state }) => state === 'open').map(({ id }) => id);
  const [only] = open;
  if (asked === undefined && only !== undefined && open.length === 1) return only;
  if (asked !== undefined && open.includes(asked)) return asked;
  throw new UnexpectedRefusalError(
    poolRefusal(
      asked,
      pools.some(({ id }) => id === asked),
      open,
    ),
  );
}

function poolRefusal(asked: string | undefined, known: boolean, open: readonly string[]): Refusal {
  const choice =
    open.length === 0
      ? 'there is no open pool: npm start opens one'
      : `open pools are ${open.join(', ')}: name one by --pool`;
  if (asked === undefined) return refuse('POOL_NOT_CHOSEN', choice, { open });
  return known
    ? refuse('POOL_CLOSED', `pool "${asked}" is closed; ${choice}`, { poolId: asked, open })
    : refuse('POOL_UNKNOWN', `there is no pool "${asked}"; ${choice}`, { poolId: asked, open });
}

function tellIntake(terminal: Terminal, intake: Intake): void {
  terminal.line(
    `  ${grouped(intake.recorded)} recorded, ${grouped(intake.known)} known already, ` +
      `${grouped(intake.refused)} refused`,
  );
  for (const { code, message } of intake.refusals) terminal.item('  ', `${code} ${message}`);
  const more = intake.refused - intake.refusals.length;
  if (more > 0) terminal.line(`  and ${counted(more, 'more refused row', 'more refused rows')}`);
}

async function tellOutcome(
  terminal: Terminal,
  database: Database,
  result: {
    readonly batchId: string;
    readonly intake: Intake;
    readonly progress: BatchProgress | null;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { intake, progress } = result;
  if (intake.rows === 0) terminal.line('  The file has a header and no rows: nothing to do.');
  if (progress === null) return;
  const subsidy = progress.subsidy ?? { amount: '0', currency: '' };
  terminal.line(
    `  ${grouped(progress.paid)} paid, ${grouped(progress.refused)} refused, ` +
      `${grouped(progress.parked)} parked; ` +
      `subsidy ${grouped(subsidy.amount)} ${subsidy.currency}`,
  );
  await tellReasons(terminal, database, result, progress.refused + progress.parked);
  if (intake.recorded === 0) {
    terminal.line('  No row is new: all of them were taken in before, and are paid once.');
  } else {
    terminal.line('  What sellers are owed now, the next npm start pays out.');
  }
}

/** The first redemptions that were not paid, and why not. */
async function tellReasons(
  terminal: Terminal,
  database: Database,
  { batchId, signal }: { readonly batchId: string; readonly signal: AbortSignal },
  total: number,
): Promise<void> {
  if (total === 0) return;
  let told = 0;
  for await (const page of decidedRedemptions(database, [batchId])) {
    signal.throwIfAborted();
    for (const { redemption, outcome } of page) {
      if (outcome === undefined || outcome.refusal === null) continue;
      if (told === toldOutcomes) break;
      const { code, message } = outcome.refusal;
      const asked = formatMoney(money(outcome.subsidyMinor, redemption.currency));
      terminal.item('  ', `${outcome.status} ${redemption.id} (${asked}): ${code} ${message}`);
      told += 1;
    }
    if (told === Math.min(total, toldOutcomes)) break;
  }
  if (total > told) terminal.line(`  and ${grouped(total - told)} more of them`);
}
