import type { Database } from '@sluice/database';
import { readBalances, readStatement, type StatementLine } from '@sluice/ledger';
import { formatAmount, isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import { readSellerPayouts, type Payout } from '@sluice/payout';
import { readSellerFunding, type SellerFunding } from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { openData } from '../session/open-session.ts';
import { counted, grouped, showMinor } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

const pageSize = 1_000;

/** What of a statement is shown. */
export interface StatementOptions {
  /** How many of the latest lines. */
  readonly lines: number;
}

/** A seller's statement: who funded what, what was paid out, what is owed, line by line. */
export async function statement(
  config: CliConfig,
  sellerId: string,
  options: StatementOptions,
): Promise<number> {
  const terminal = new Terminal();
  const session = await openData(config, terminal);
  try {
    await print(terminal, session.database, sellerId, options);
    return exitCodes.fine;
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
  if (balance === undefined) throw unknownSeller(sellerId);
  const { currency, lines, total } = await latestLines(database, account, options.lines);
  terminal.heading(`Statement of seller ${sellerId}, in ${currency}`);
  printFunding(terminal, await readSellerFunding(database, sellerId), currency);
  printPayouts(terminal, await readSellerPayouts(database, sellerId), currency);
  terminal.line(`  owed now ${showMinor(balance, currency)}`);
  printLines(terminal, lines, total, currency);
}

function unknownSeller(sellerId: string): UnexpectedRefusalError {
  const shown = sellerId.length <= 60 ? sellerId : `${sellerId.slice(0, 59)}…`;
  return new UnexpectedRefusalError(
    refuse('SELLER_UNKNOWN', `seller "${shown}" was never paid a subsidy: check the id`, {
      sellerId,
    }),
  );
}

function printFunding(terminal: Terminal, all: readonly SellerFunding[], currency: string): void {
  const funding = all.filter((one) => one.currency === currency);
  terminal.table(
    [
      { title: 'pool', cuttable: true },
      { title: 'funded by', cuttable: true },
      { title: 'for' },
      { title: 'redemptions', figures: true },
      { title: 'subsidy', figures: true },
    ],
    funding.map(({ poolId, sourceId, kind, redemptions, amountMinor }) => [
      ...[poolId, sourceId, kind, grouped(redemptions), showMinor(amountMinor, currency)],
    ]),
  );
  const earned = funding.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  terminal.line(`  earned ${showMinor(earned, currency)}`);
}

function printPayouts(terminal: Terminal, payouts: readonly Payout[], currency: string): void {
  if (payouts.length === 0) return;
  terminal.heading('Payouts');
  terminal.table(
    [
      { title: 'payout', cuttable: true },
      { title: 'amount', figures: true },
      { title: 'state' },
      { title: 'bank reference' },
    ],
    payouts
      .filter(({ amount }) => amount.currency === currency)
      .map(({ id, amount, state, attempts }) => {
        const { bankReference, reasonCode } = attempts.at(-1) ?? {};
        const why = reasonCode ? ` (${reasonCode})` : '';
        return [id, grouped(formatAmount(amount)), `${state}${why}`, bankReference ?? 'none yet'];
      }),
  );
}

function printLines(
  terminal: Terminal,
  lines: readonly StatementLine[],
  total: number,
  currency: string,
): void {
  terminal.heading(`The latest ${grouped(lines.length)} of ${counted(total, 'line')}`);
  terminal.table(
    [
      { title: 'when' },
      { title: 'what' },
      { title: 'from or to', cuttable: true, spare: 1 },
      { title: 'reference', cuttable: true },
      { title: 'amount', figures: true },
      { title: 'balance', figures: true },
    ],
    lines.map((line) => [
      line.effectiveAt.slice(0, 16).replace('T', ' '),
      ...[line.type, line.otherAccount, line.reference],
      ...[line.amountMinor, line.balanceMinor].map((minor) => showMinor(minor, currency)),
    ]),
  );
}

interface Latest {
  readonly currency: string;
  readonly lines: readonly StatementLine[];
  readonly total: number;
}

async function latestLines(database: Database, account: string, wanted: number): Promise<Latest> {
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
