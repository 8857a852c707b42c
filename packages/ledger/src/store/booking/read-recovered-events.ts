import type { Queryable } from '@sluice/database';
import type { BookingEvent } from '../../domain/booking/booking-event.ts';
import type { BookingRuleSet } from '../../domain/booking/booking-rule.ts';
import { recoverEvent } from '../../domain/booking/recover-event.ts';
import { toPostedTransfer, transferColumns, type TransferRow } from '../transfer-row.ts';

/** How many transfers are read at a time. */
const pageSize = 5_000;
/** Before the id of every transfer. */
const firstId = '00000000-0000-0000-0000-000000000000';

/** Events that were read back from one page of transfers. */
export interface RecoveredEvents {
  readonly events: readonly BookingEvent[];
  /** Transfers of which no event can be told: other rules booked them. */
  readonly lost: number;
}

/** Which transfers are read, and by which rules they were booked. */
export interface RecoveryRequest {
  readonly set: BookingRuleSet;
  readonly institution: string;
  /** Business types whose rules have one entry each. */
  readonly types: readonly string[];
}

/** How many transfers {@link readRecoveredEvents} goes through. */
export async function countTransfersOf(
  queryable: Queryable,
  types: readonly string[],
): Promise<number> {
  const [row] = await queryable.query<{ transfers: number }>(
    `select count(*)::integer as transfers
     from ledger.transfer where type = any($1) and kind = 'direct'`,
    [types],
  );
  return row?.transfers ?? 0;
}

/**
 * Reads the events back that rules of one entry booked, from the transfers themselves: for business
 * types of which nothing else is recorded. In the order of transfers' ids, page by page.
 */
export async function* readRecoveredEvents(
  queryable: Queryable,
  { set, institution, types }: RecoveryRequest,
): AsyncGenerator<RecoveredEvents> {
  for (let after = firstId; ;) {
    const rows = await readPage(queryable, types, after);
    const found = rows.map((row) => recoverEvent(set, institution, toPostedTransfer(row)));
    const events = found.filter((event) => event !== null);
    if (rows.length > 0) yield { events, lost: rows.length - events.length };
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.id;
  }
}

function readPage(
  queryable: Queryable,
  types: readonly string[],
  after: string,
): Promise<readonly TransferRow[]> {
  return queryable.query<TransferRow>(
    `select ${transferColumns}
     from ledger.transfer
     join ledger.account debit on debit.id = transfer.debit_account_id
     join ledger.account credit on credit.id = transfer.credit_account_id
     where transfer.id > $2 and transfer.type = any($1) and transfer.kind = 'direct'
     order by transfer.id
     limit $3`,
    [types, after, pageSize],
  );
}
