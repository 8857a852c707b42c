import { isRefusal, UnexpectedRefusalError } from '@sluice/money';
import {
  countTillDecisions,
  listPools,
  readPool,
  type PoolReport,
  type TillReport,
} from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeTill } from '../main-job/describe-till.ts';
import { openData } from '../session/open-session.ts';
import { counted, grouped, showMinor } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

const noPool = 'There is no pool yet: npm start opens one.';

/** Lists the pools there are. */
export async function listAllPools(config: CliConfig): Promise<number> {
  const terminal = new Terminal();
  const session = await openData(config, terminal);
  try {
    const pools = await listPools(session.database);
    if (pools.length === 0) terminal.line(noPool);
    else {
      terminal.table(
        [
          { title: 'pool', cuttable: true },
          { title: 'state' },
          { title: 'opens' },
          { title: 'closes' },
          { title: 'size', figures: true },
          { title: 'drawn', figures: true },
          { title: 'currency' },
        ],
        pools.map(({ id, state, opensOn, closesOn, sizeMinor, drawnMinor, currency }) => [
          ...[id, state, opensOn, closesOn],
          ...[showMinor(sizeMinor, currency), showMinor(drawnMinor, currency), currency],
        ]),
      );
    }
    return exitCodes.fine;
  } finally {
    await session.close();
  }
}

/** Shows one pool, the latest when none is named. */
export async function showPool(config: CliConfig, poolId: string | undefined): Promise<number> {
  const terminal = new Terminal();
  const session = await openData(config, terminal);
  try {
    const id = poolId ?? (await listPools(session.database))[0]?.id;
    if (id === undefined) {
      terminal.line(noPool);
      return exitCodes.fine;
    }
    const pool = await readPool(session.database, id);
    if (isRefusal(pool)) throw new UnexpectedRefusalError(pool);
    print(terminal, pool, await countTillDecisions(session.database, pool.id));
    return exitCodes.fine;
  } finally {
    await session.close();
  }
}

function print(terminal: Terminal, pool: PoolReport, tills: TillReport): void {
  const show = (minor: bigint): string => showMinor(minor, pool.currency);
  terminal.heading(`${pool.name} (${pool.id}), ${pool.state}, in ${pool.currency}`);
  terminal.line(
    `  ${pool.opensOn} to ${pool.closesOn}, ${counted(pool.forecast.sellers, 'seller')} forecast`,
  );
  terminal.line(
    `  size ${show(pool.sizeMinor)} (expected use ${show(pool.forecast.expectedMinor)}), ` +
      `drawn ${show(pool.drawnMinor)}, ${counted(pool.waiting, 'redemption')} waiting`,
  );
  terminal.item('  ', describeTill(tills));
  terminal.heading('Sources, against their mandates');
  terminal.table(
    [
      { title: 'source', cuttable: true },
      { title: 'mandate', figures: true },
      { title: 'drawn', figures: true },
      { title: 'left', figures: true },
      { title: 'for', cuttable: true },
    ],
    pool.sources.map(({ sourceId, limitMinor, drawnMinor, leftMinor, drawnByKind }) => [
      sourceId,
      ...[limitMinor, drawnMinor, leftMinor].map(show),
      drawnByKind.map(({ kind, amountMinor }) => `${kind} ${show(amountMinor)}`).join(', '),
    ]),
  );
  terminal.heading('Outcomes by reason');
  terminal.table(
    [
      { title: 'outcome' },
      { title: 'reason', cuttable: true },
      { title: 'redemptions', figures: true },
      { title: 'subsidy', figures: true },
      { title: 'platform fee', figures: true },
    ],
    pool.outcomes.map(({ status, code, count, subsidyMinor, platformFeeMinor }) => [
      ...[status, code ?? '', grouped(count), show(subsidyMinor), show(platformFeeMinor)],
    ]),
  );
}
