import { readBalancesAt, readStatement } from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import type { Row } from '../frame/bench.ts';
import { accountCode, type TransferSource } from '../load/transfers.ts';
import type { BenchDatabase } from '../servers/bench-database.ts';
import { percentile } from './ledger-costs.ts';
import { measure, type Way } from './ledger-ways.ts';

const hottest = accountCode(0);
const pageLines = 100;

/** Reads the hottest account's history again and again while another caller posts to it. */
export async function measureReads(
  way: Way,
  database: BenchDatabase,
  source: TransferSource,
  forMs: number,
): Promise<readonly Row[]> {
  const { app } = database;
  // One moment of the past, with as much recorded behind it as the writer adds.
  const moment = new Date().toISOString();
  const pages: number[] = [];
  const balances: number[] = [];
  let isWriting = true;
  const timed = async (times: number[], read: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await read();
    times.push(performance.now() - started);
  };
  const reading = async (): Promise<void> => {
    do {
      await timed(pages, async () =>
        expectAnswer(await readStatement(app, hottest, { before: 'end', limit: pageLines })),
      );
      await timed(balances, async () =>
        expectAnswer(await readBalancesAt(app, [hottest], { recordedAt: moment })),
      );
    } while (isWriting);
  };
  const readers = reading();
  const { transfers, seconds } = await measure(way, database, source, forMs);
  isWriting = false;
  await readers;
  const rate = { value: transfers / seconds, unit: 'transfers/s', ratioTo: way.name };
  return [
    { name: `${way.name}, while reading`, ...rate },
    ...latencyRows(`reading: last ${pageLines} lines of the hottest account`, pages),
    ...latencyRows('reading: its balance at a past time', balances),
  ];
}

/** The middle, and what one in a hundred exceeds. */
export function latencyRows(name: string, timesMs: readonly number[]): readonly Row[] {
  return [
    { name: `${name}, p50`, value: percentile(timesMs, 0.5), unit: 'ms' },
    { name: `${name}, p99`, value: percentile(timesMs, 0.99), unit: 'ms' },
  ];
}
