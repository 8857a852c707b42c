import type { Queryable } from '@sluice/database';
import { isRefusal, refuse, type Currency, type Refusal } from '@sluice/money';
import { isAccountCode } from '../domain/account-code.ts';
import { accountUnknown, maxMinor } from '../domain/account.ts';
import { instantMs } from '../domain/instant.ts';
import type { TransferKind } from '../domain/transfer.ts';
import {
  readLines,
  type Bounds,
  type LineRow,
  type Place,
  type StatementOrder,
} from './statement-lines.ts';
import { recordedAt } from './transfer-row.ts';

/** One transfer that moved money, as seen from one account. */
export interface StatementLine {
  readonly transferId: string;
  readonly kind: TransferKind;
  readonly otherAccount: string;
  readonly type: string;
  readonly reference: string;
  /** Above zero for a credit, below for a debit. */
  readonly amountMinor: bigint;
  /** The account's balance right after it, in the order of the statement. */
  readonly balanceMinor: bigint;
  /** When it counts, as an ISO 8601 instant in UTC. */
  readonly effectiveAt: string;
  /** When it was recorded, as an ISO 8601 instant in UTC. */
  readonly recordedAt: string;
}

/** Part of an account's history, oldest first, with the running balance. */
export interface StatementPage {
  readonly account: string;
  readonly currency: Currency;
  readonly lines: readonly StatementLine[];
  /** To be given as `before` for the page before; null when nothing comes before. */
  readonly previous: string | null;
  /** To be given as `after` for the next page; null when the history ends here, for now. */
  readonly next: string | null;
}

/** Which part of the history, in which order. */
export interface StatementRange {
  /**
   * `recorded`, unless said otherwise: each page is read from the index. `effective`: all of the
   * account's transfers are read and sorted for each page, and one that is recorded late is put
   * where it counts, so that the balances behind it change.
   */
  readonly order?: StatementOrder;
  /** The first instant of the statement, in the sense of its order. ISO 8601 with zone. */
  readonly since?: string;
  /** The first instant that is no part of it any more. ISO 8601 with zone. */
  readonly until?: string;
  /** A page's `next`: the page that follows it. */
  readonly after?: string;
  /**
   * A page's `previous`: the page that comes before it; or `end`, for the last page there is. Not
   * together with `after`.
   */
  readonly before?: string;
  /** Lines per page, 1 to 1,000. */
  readonly limit: number;
}

const maxLimit = 1_000;
const cursorPatterns = {
  recorded: /^([0-9]{1,19})$/,
  effective: /^(-?[0-9]{1,19})\.([0-9]{1,19})$/,
} as const;

/**
 * Reads an account's history page by page, in either direction, with the running balance. In the
 * recorded order, lines that are posted while one is paging come at the end and are never skipped.
 *
 * @returns the page, or the refusal `ACCOUNT_UNKNOWN`, `STATEMENT_CURSOR_MALFORMED`,
 *   `STATEMENT_TIME_MALFORMED` or `STATEMENT_LIMIT_INVALID`.
 */
export async function readStatement(
  q: Queryable,
  code: string,
  range: StatementRange,
): Promise<StatementPage | Refusal> {
  const bounds = boundsOf(range);
  if (isRefusal(bounds)) return bounds;
  const account = await findAccount(q, code);
  if (account === undefined) {
    return accountUnknown(code);
  }
  const backwards = range.before !== undefined;
  const order = range.order ?? 'recorded';
  const found = await readLines(q, {
    accountId: account.id,
    order,
    bounds,
    direction: backwards ? 'desc' : 'asc',
    limit: range.limit + 1,
  });
  const hasMore = found.length > range.limit;
  const page = backwards ? found.slice(0, range.limit).reverse() : found.slice(0, range.limit);
  const [first, last] = [page[0], page.at(-1)];
  const goesOn = backwards || hasMore;
  const cameFrom = backwards ? hasMore : range.after !== undefined;
  return {
    account: code,
    currency: account.currency,
    lines: page.map(toLine),
    previous: first !== undefined && cameFrom ? cursor(order, first) : null,
    next: last !== undefined && goesOn ? cursor(order, last) : null,
  };
}

function boundsOf(range: StatementRange): Bounds | Refusal {
  const { after, before, since, until, limit } = range;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    return refuse('STATEMENT_LIMIT_INVALID', `ask for 1 to ${maxLimit} lines, not ${limit}`, {
      limit,
    });
  }
  for (const instant of [since, until]) {
    if (instant === undefined || instantMs(instant) !== undefined) continue;
    return refuse(
      'STATEMENT_TIME_MALFORMED',
      `"${instant}" is not an ISO 8601 instant with its zone: write it like 2017-07-01T09:30:00Z`,
      { instant },
    );
  }
  const order = range.order ?? 'recorded';
  const lower = placeOf(order, after);
  const upper = before === 'end' ? end : placeOf(order, before);
  if (lower === 'malformed' || upper === 'malformed' || (after ?? before) !== (before ?? after)) {
    return refuse(
      'STATEMENT_CURSOR_MALFORMED',
      'give the "next" of a page in the same order as "after" or its "previous" as "before", ' +
        'not both',
      { after: after ?? null, before: before ?? null },
    );
  }
  const first = since === undefined ? beginning : placeBefore(order, since);
  const last = until === undefined ? end : placeOfStart(order, until);
  return {
    above: lower !== undefined && isAbove(lower, first) ? lower : first,
    below: upper !== undefined && isAbove(last, upper) ? upper : last,
  };
}

const beginning: Place = { position: -maxMinor, recordedNs: 0n };
const end: Place = { position: maxMinor, recordedNs: 0n };

/** Recorded lines have a place per nanosecond, effective ones per millisecond and nanosecond. */
function placeOfStart(order: StatementOrder, instant: string): Place {
  const ms = BigInt(instantMs(instant) ?? 0);
  return { position: order === 'recorded' ? ms * 1_000_000n : ms, recordedNs: 0n };
}

function placeBefore(order: StatementOrder, instant: string): Place {
  const { position, recordedNs } = placeOfStart(order, instant);
  return order === 'recorded' ? { position: position - 1n, recordedNs } : { position, recordedNs };
}

function placeOf(order: StatementOrder, text: string | undefined): Place | 'malformed' | undefined {
  if (text === undefined) return undefined;
  const [, position, recordedNs] = cursorPatterns[order].exec(text) ?? [];
  if (position === undefined) return 'malformed';
  const place = { position: BigInt(position), recordedNs: BigInt(recordedNs ?? position) };
  const isStorable = place.position <= maxMinor && place.recordedNs <= maxMinor;
  return isStorable ? place : 'malformed';
}

function isAbove(left: Place, right: Place): boolean {
  if (left.position !== right.position) return left.position > right.position;
  return left.recordedNs > right.recordedNs;
}

function cursor(order: StatementOrder, row: LineRow): string {
  return order === 'recorded' ? `${row.position}` : `${row.position}.${row.recorded_ns}`;
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

function toLine(row: LineRow): StatementLine {
  return {
    transferId: row.id,
    kind: row.kind,
    otherAccount: row.other_account,
    type: row.type,
    reference: row.reference,
    amountMinor: row.amount_minor,
    balanceMinor: row.balance_minor,
    effectiveAt: row.effective_at.toISOString(),
    recordedAt: recordedAt(row.recorded_ns),
  };
}
