import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Database } from '@sluice/database';
import { refuse, UnexpectedRefusalError } from '@sluice/money';
import { listPools } from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { replayBatch } from '../main-job/replay.ts';
import { publishTariffs } from '../publish-tariffs.ts';
import { readRedemptionCsv } from '../redeem/read-redemptions.ts';
import { takeIn, type Intake } from '../redeem/take-in.ts';
import { openSession } from '../session/open-session.ts';
import { Terminal } from '../terminal.ts';

export interface RedeemOptions {
  readonly pool?: string;
  readonly json: boolean;
}

/** Takes redemptions from a CSV file and settles them. Gives 1 when rows were refused. */
export async function redeem(
  config: CliConfig,
  file: string,
  options: RedeemOptions,
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const batchName = await nameOf(file);
  const session = await openSession(config, terminal);
  try {
    const poolId = await poolFor(session.database, options.pool);
    await publishTariffs(session.database, config.SLUICE_CONFIG_DIR);
    const batchId = `${poolId}-${batchName}`;
    const { size } = await stat(file);
    const bar = terminal.bar('recording rows', Math.max(1, Math.round(size / averageRowBytes)));
    const intake = await takeIn(
      session.database,
      { poolId, batchId },
      readRedemptionCsv(file),
      (rows) => bar.set(rows),
    );
    bar.done(`${intake.rows} rows`);
    tellIntake(terminal, intake);
    // A file of rows that are all known has nothing left to settle, or goes on where it stopped.
    const progress = await replayBatch(session.sluice, terminal, {
      poolId,
      batchId,
      redemptions: intake.recorded,
    });
    terminal.line(
      `  ${progress.paid} paid, ${progress.refused} refused, ${progress.parked} parked; ` +
        `subsidy ${progress.subsidy?.amount ?? '0'} ${progress.subsidy?.currency ?? ''}`,
    );
    if (options.json)
      process.stdout.write(`${JSON.stringify({ poolId, batchId, intake, progress })}\n`);
    return intake.refused === 0 ? 0 : 1;
  } finally {
    await session.close();
  }
}

/** For the length of the bar alone. */
const averageRowBytes = 90;

/** A batch is named by its file and its content: the same file twice is the same batch. */
async function nameOf(file: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnexpectedRefusalError(
      refuse('FILE_UNREADABLE', `${file} cannot be read: ${why}`, { file }),
    );
  }
  const name = basename(file).replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return `${name}-${digest.digest('hex').slice(0, 12)}`;
}

async function poolFor(database: Database, asked: string | undefined): Promise<string> {
  const open = (await listPools(database)).filter(({ state }) => state === 'open');
  const found = asked === undefined ? open : open.filter(({ id }) => id === asked);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only.id;
  const names = open.map(({ id }) => id);
  throw new UnexpectedRefusalError(
    refuse(
      'POOL_NOT_CHOSEN',
      names.length === 0
        ? 'there is no open pool: npm start opens one'
        : `name one of the open pools by --pool: ${names.join(', ')}`,
      { open: names },
    ),
  );
}

function tellIntake(terminal: Terminal, intake: Intake): void {
  terminal.line(
    `  ${intake.recorded} recorded, ${intake.known} known already, ${intake.refused} refused`,
  );
  for (const { code, message } of intake.refusals) terminal.line(`  ${code} ${message}`);
  const more = intake.refused - intake.refusals.length;
  if (more > 0) terminal.line(`  and ${more} more refused rows`);
}
