import type { Database } from '@sluice/database';
import {
  readBalances,
  readStatement,
  type StatementLine,
  type StatementOrder,
} from '@sluice/ledger';
import { formatAmount, isRefusal, refuse, UnexpectedRefusalError } from '@sluice/money';
import { readSellerPayouts, type Payout } from '@sluice/payout';
import { readSellerFunding, sumFees, type FeeSum, type SellerFunding } from '@sluice/pool';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { openData } from '../session/open-session.ts';
import { counted, grouped, showMinor } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';
import { readFeeTariffs } from './fee-tariffs.ts';

const pageSize = 1_000;
const feeType = 'fee.platform';

/** What of a statement is shown. */
export interface StatementOptions {
  /** How many of the latest lines. */
  readonly lines: number;
  /** By when a line was recorded, or by when it counts. */
  readonly order: StatementOrder;
  /** The first moment of it, ISO 8601 with zone, in the sense of the order. */
  readonly since?: string;
  /** The first moment that is no part of it any more. */
  readonly until?: string;
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
  const { currency, lines, isWhole } = await latestLines(database, account, options);
  terminal.heading(`Statement of seller ${sellerId}, in ${currency}`);
  const fees = await sumFees(database, sellerId);
  printFunding(terminal, await readSellerFunding(database, sellerId), fees, currency);
  printPayouts(terminal, await readSellerPayouts(database, sellerId), currency);
  terminal.line(`  owed now ${showMinor(balance, currency)}`);
  printLines(terminal, await inPlainWords(database, lines), isWhole, currency);
}

/** A fee is told with the tariff that it was taken by, as the redemption's outcome records it. */
async function inPlainWords(
  database: Database,
  lines: readonly StatementLine[],
): Promise<readonly StatementLine[]> {
  const fees = lines.filter(({ type }) => type === feeType);
  const tariffs = await readFeeTariffs(
    database,
    fees.map(({ reference }) => reference),
  );
  return lines.map((line) => {
    const tariff = line.type === feeType ? tariffs.get(line.reference) : undefined;
    return tariff === undefined ? line : { ...line, type: `platform fee by ${tariff}` };
  });
}

function unknownSeller(sellerId: string): UnexpectedRefusalError {
  const shown = sellerId.length <= 60 ? sellerId : `${sellerId.slice(0, 59)}…`;
  return new UnexpectedRefusalError(
    refuse('SELLER_UNKNOWN', `seller "${shown}" was never paid a subsidy: check the id`, {
      sellerId,
    }),
  );
}

function printFunding(
  terminal: Terminal,
  all: readonly SellerFunding[],
  allFees: readonly FeeSum[],
  currency: string,
): void {
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
  const fees = allFees.filter((one) => one.currency === currency);
  const count = fees.reduce((sum, { redemptions }) => sum + redemptions, 0);
  if (count === 0) return;
  const taken = fees.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const [fee, left] = [taken, earned - taken].map((one) => showMinor(one, currency));
  terminal.line(`  less platform fees ${fee} on ${counted(count, 'redemption')}: ${left}`);
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
  isWhole: boolean,
  currency: string,
): void {
  const count = counted(lines.length, 'line');
  terminal.heading(
    isWhole ? `All of it: ${count}` : `The latest ${count}: ask for more by --lines`,
  );
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
  /** Whether nothing comes before them. */
  readonly isWhole: boolean;
}

/** Page by page from the end, so that the length of the history does not matter. */
async function latestLines(
  database: Database,
  account: string,
  { lines: wanted, ...range }: StatementOptions,
): Promise<Latest> {
  const lines: StatementLine[] = [];
  for (let before = 'end'; ;) {
    const limit = Math.min(pageSize, wanted - lines.length);
    const page = await readStatement(database, account, { ...range, before, limit });
    if (isRefusal(page)) throw new UnexpectedRefusalError(page);
    lines.unshift(...page.lines);
    const isWhole = page.previous === null;
    if (isWhole || lines.length === wanted) return { currency: page.currency, lines, isWhole };
    before = page.previous;
  }
}
