import { readBalances, readStatement, type StatementLine } from '@sluice/ledger';
import { formatAmount, isRefusal, money, refuse, UnexpectedRefusalError } from '@sluice/money';
import { readSellerPayouts } from '@sluice/payout';
import { readSellerFunding } from '@sluice/pool';
import type { Database } from '@sluice/database';
import type { CliConfig } from '../config.ts';
import { openData } from '../session/open-session.ts';
import { Terminal } from '../terminal.ts';

const pageSize = 1_000;

export interface StatementOptions {
  /** How many of the latest lines are shown. */
  readonly lines: number;
}

/** A seller's statement: who funded what, what was paid out, what is owed, line by line. */
export async function statement(
  config: CliConfig,
  sellerId: string,
  options: StatementOptions,
): Promise<number> {
  const terminal = new Terminal();
  const session = await openData(config);
  try {
    await print(terminal, session.database, sellerId, options);
    return 0;
  } finally {
    await session.close();
  }
}

async function print(
  terminal: Terminal,
  database: Database,
  sellerId: string,
  options: StatementOptions,
): Promise<void> {
  const account = `payable/${sellerId}`;
  const balance = (await readBalances(database, [account])).get(account);
  if (balance === undefined) {
    throw new UnexpectedRefusalError(
      refuse('SELLER_UNKNOWN', `seller ${sellerId} was never paid a subsidy: check the id`, {
        sellerId,
      }),
    );
  }
  const funding = await readSellerFunding(database, sellerId);
  const { currency, lines, total } = await latestLines(database, account, options.lines);
  const show = (minor: bigint): string => formatAmount(money(minor, currency));
  terminal.heading(`Statement of seller ${sellerId}, in ${currency}`);
  terminal.table(
    ['pool', 'funded by', 'for', 'redemptions', 'subsidy'],
    funding.map(({ poolId, sourceId, kind, redemptions, amountMinor }) => [
      poolId,
      sourceId,
      kind,
      String(redemptions),
      show(amountMinor),
    ]),
    [3, 4],
  );
  const earned = funding.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const payouts = await readSellerPayouts(database, sellerId);
  terminal.line(`  earned ${show(earned)}`);
  for (const { id, amount, state, attempts } of payouts) {
    const reference = attempts.at(-1)?.bankReference ?? 'no bank reference yet';
    terminal.line(`  payout ${id}: ${formatAmount(amount)}, ${state} (${reference})`);
  }
  terminal.line(`  owed now ${show(balance)}`);
  terminal.heading(`The latest ${lines.length} of ${total} lines`);
  terminal.table(
    ['when', 'what', 'from or to', 'reference', 'amount', 'balance'],
    lines.map((line) => [
      line.effectiveAt.slice(0, 16).replace('T', ' '),
      line.type,
      line.otherAccount,
      line.reference,
      show(line.amountMinor),
      show(line.balanceMinor),
    ]),
    [4, 5],
  );
}

async function latestLines(
  database: Database,
  account: string,
  wanted: number,
): Promise<{ currency: string; lines: readonly StatementLine[]; total: number }> {
  let lines: StatementLine[] = [];
  let total = 0;
  for (let after: string | undefined; ;) {
    const page = await readStatement(database, account, {
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    if (isRefusal(page)) throw new UnexpectedRefusalError(page);
    total += page.lines.length;
    lines = [...lines, ...page.lines].slice(-wanted);
    if (page.next === null) return { currency: page.currency, lines, total };
    after = page.next;
  }
}
