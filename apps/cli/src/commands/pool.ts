import { formatAmount, isRefusal, money, UnexpectedRefusalError } from '@sluice/money';
import { listPools, readPool, type PoolReport } from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { openData } from '../session/open-session.ts';
import { Terminal } from '../terminal.ts';

/** Lists the pools there are. */
export async function listAllPools(config: CliConfig): Promise<number> {
  const terminal = new Terminal();
  const session = await openData(config);
  try {
    const pools = await listPools(session.database);
    if (pools.length === 0) {
      terminal.line('There is no pool yet: npm start opens one.');
      return 0;
    }
    terminal.table(
      ['pool', 'state', 'period', 'size', 'drawn', 'currency'],
      pools.map(({ id, state, opensOn, closesOn, sizeMinor, drawnMinor, currency }) => [
        id,
        state,
        `${opensOn} to ${closesOn}`,
        formatAmount(money(sizeMinor, currency)),
        formatAmount(money(drawnMinor, currency)),
        currency,
      ]),
      [3, 4],
    );
    return 0;
  } finally {
    await session.close();
  }
}

/** Shows one pool, the latest when none is named. */
export async function showPool(config: CliConfig, poolId: string | undefined): Promise<number> {
  const terminal = new Terminal();
  const session = await openData(config);
  try {
    const id = poolId ?? (await listPools(session.database))[0]?.id;
    if (id === undefined) {
      terminal.line('There is no pool yet: npm start opens one.');
      return 0;
    }
    const pool = await readPool(session.database, id);
    if (isRefusal(pool)) throw new UnexpectedRefusalError(pool);
    print(terminal, pool);
    return 0;
  } finally {
    await session.close();
  }
}

function print(terminal: Terminal, pool: PoolReport): void {
  const show = (minor: bigint): string => formatAmount(money(minor, pool.currency));
  terminal.heading(`${pool.name} (${pool.id}), ${pool.state}, in ${pool.currency}`);
  terminal.line(`  ${pool.opensOn} to ${pool.closesOn}, ${pool.forecast.sellers} sellers forecast`);
  terminal.line(
    `  size ${show(pool.sizeMinor)} (expected ${show(pool.forecast.expectedMinor)}), ` +
      `drawn ${show(pool.drawnMinor)}, ${pool.waiting} redemptions waiting`,
  );
  terminal.table(
    ['source', 'mandate', 'drawn', 'left', 'for'],
    pool.sources.map(({ sourceId, limitMinor, drawnMinor, leftMinor, drawnByKind }) => [
      sourceId,
      show(limitMinor),
      show(drawnMinor),
      show(leftMinor),
      drawnByKind.map(({ kind, amountMinor }) => `${kind} ${show(amountMinor)}`).join(', '),
    ]),
    [1, 2, 3],
  );
  terminal.table(
    ['outcome', 'reason', 'redemptions', 'subsidy'],
    pool.outcomes.map(({ status, code, count, subsidyMinor }) => [
      status,
      code ?? '',
      String(count),
      show(subsidyMinor),
    ]),
    [2, 3],
  );
}
