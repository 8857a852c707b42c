import type { Queryable } from '@sluice/database';
import { refuse, type Currency, type Refusal } from '@sluice/money';
import { isAccountCode } from '../domain/account-code.ts';

/** One transfer as seen from one account. */
export interface StatementLine {
  readonly transferId: string;
  readonly otherAccount: string;
  readonly type: string;
  readonly reference: string;
  /** Above zero for a credit, below for a debit. */
  readonly amountMinor: bigint;
  /** The account's balance right after it. */
  readonly balanceMinor: bigint;
  /** When it counts, as an ISO 8601 instant in UTC. */
  readonly effectiveAt: string;
  /** When it was recorded, as an ISO 8601 instant in UTC. */
  readonly recordedAt: string;
}

/** Part of an account's history, oldest first, in the order of the running balance. */
export interface StatementPage {
  readonly account: string;
  readonly currency: Currency;
  readonly lines: readonly StatementLine[];
  /** To be given as `after` for the next page; null when the history ends here, for now. */
  readonly next: string | null;
}

/** Which part of the history: see {@link readStatement}. */
export interface StatementRange {
  /** A page's `next`; from the beginning when left out. */
  readonly after?: string;
  /** Lines per page, 1 to 1,000. */
  readonly limit: number;
}

const maxLimit = 1_000;
const cursorPattern = /^[1-9][0-9]{0,17}$/;

interface LineRow {
  readonly sequence: bigint;
  readonly id: string;
  readonly other_account: string;
  readonly type: string;
  readonly reference: string;
  readonly amount_minor: bigint;
  readonly balance_minor: bigint;
  readonly effective_at: Date;
  readonly recorded_at: Date;
}

/**
 * Reads an account's history page by page. Lines that are posted while one is paging come at the
 * end and are never skipped.
 *
 * @returns the page, or the refusal `ACCOUNT_UNKNOWN`, `STATEMENT_CURSOR_MALFORMED` or
 *   `STATEMENT_LIMIT_INVALID`.
 */
export async function readStatement(
  q: Queryable,
  code: string,
  { after, limit }: StatementRange,
): Promise<StatementPage | Refusal> {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    return refuse('STATEMENT_LIMIT_INVALID', `ask for 1 to ${maxLimit} lines, not ${limit}`, {
      limit,
    });
  }
  if (after !== undefined && !cursorPattern.test(after)) {
    return refuse('STATEMENT_CURSOR_MALFORMED', `"${after}" is not the "next" of a page`, {
      after,
    });
  }
  const account = await findAccount(q, code);
  if (account === undefined) {
    return refuse('ACCOUNT_UNKNOWN', `there is no account "${code}"`, { account: code });
  }
  const rows = await readLines(q, account.id, after ?? '0', limit + 1);
  const page = rows.slice(0, limit);
  return {
    account: code,
    currency: account.currency,
    lines: page.map(toLine),
    next: rows.length > limit ? (page.at(-1)?.sequence.toString() ?? null) : null,
  };
}

async function findAccount(
  q: Queryable,
  code: string,
): Promise<{ id: bigint; currency: Currency } | undefined> {
  if (!isAccountCode(code)) return undefined;
  const [account] = await q.query<{ id: bigint; currency: Currency }>(
    'select id, currency from ledger.account where code = $1',
    [code],
  );
  return account;
}

/** Each side is read from its own index, already in order, and no further than the page needs. */
async function readLines(
  q: Queryable,
  accountId: bigint,
  after: string,
  limit: number,
): Promise<readonly LineRow[]> {
  return q.query<LineRow>(
    `select line.sequence, line.id, other.code as other_account, line.type, line.reference,
       line.amount_minor, line.balance_minor, line.effective_at, line.recorded_at
     from (
       (
         select sequence, id, credit_account_id as other_account_id, type, reference,
           -amount_minor as amount_minor, debit_balance_minor as balance_minor,
           effective_at, recorded_at
         from ledger.transfer
         where debit_account_id = $1 and sequence > $2
         order by sequence
         limit $3
       )
       union all
       (
         select sequence, id, debit_account_id, type, reference,
           amount_minor, credit_balance_minor, effective_at, recorded_at
         from ledger.transfer
         where credit_account_id = $1 and sequence > $2
         order by sequence
         limit $3
       )
     ) line
     join ledger.account other on other.id = line.other_account_id
     order by line.sequence
     limit $3`,
    [accountId, after, limit],
  );
}

function toLine(row: LineRow): StatementLine {
  return {
    transferId: row.id,
    otherAccount: row.other_account,
    type: row.type,
    reference: row.reference,
    amountMinor: row.amount_minor,
    balanceMinor: row.balance_minor,
    effectiveAt: row.effective_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
  };
}
