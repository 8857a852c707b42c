import type { Invariant, Queryable } from '@sluice/database';
import { fromWire, isRefusal } from '@sluice/money';
import type { AccountingBooks, BookedEntry } from '../../accounting/accounting-server.ts';

const maxTold = 20;

interface OwnEntry {
  readonly key: string;
  readonly batch: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly booked_on: string;
}

/**
 * I11 at the receiver: the accounting server's own books hold every entry of every sent task, each
 * once and as it was sent, and nothing that we do not have. What is on its way while this runs may
 * be there or not.
 *
 * @throws when the server cannot be asked.
 */
export async function reconcileAccounting(
  q: Queryable,
  books: AccountingBooks,
): Promise<Invariant> {
  const sent = await q.query<{ key: string; n: number }>(
    `select key, entry_count as n from ledger.booking_task where state = 'sent'`,
  );
  const expected = new Set(sent.map(({ key }) => key));
  const violations: string[] = [];
  let [checked, arrived] = [0, 0];
  const seen = new Set<string>();
  for await (const page of books.entries()) {
    const own = await readOwn(q, page);
    for (const entry of page) {
      const found = own.get(entry.key);
      const fault = seen.has(entry.key) ? 'booked there twice' : faultOf(entry, found);
      if (fault !== null) violations.push(`entry ${entry.key} of batch ${entry.batch}: ${fault}`);
      else if (expected.has(entry.batch)) arrived += 1;
      seen.add(entry.key);
    }
    checked += page.length;
  }
  const sentEntries = sent.reduce((sum, { n }) => sum + n, 0);
  if (arrived !== sentEntries) {
    violations.push(
      `${sentEntries} entries were sent, ${arrived} of them are in the server's books`,
    );
  }
  return {
    id: 'I11',
    title: "the accounting server's own books have every entry that was sent, once",
    checked,
    violations: violations.slice(0, maxTold),
  };
}

/** Our rows of a page, by their keys. */
async function readOwn(
  q: Queryable,
  page: readonly BookedEntry[],
): Promise<ReadonlyMap<string, OwnEntry>> {
  const rows = await q.query<OwnEntry>(
    `select entry.key, task.key as batch, entry.debit_account, entry.credit_account,
       entry.amount_minor, entry.currency, entry.booked_on
     from unnest($1::uuid[]) as wanted (key)
     join ledger.booking_task_entry entry using (key)
     join ledger.booking_task task on task.id = entry.task_id`,
    [page.map(({ key }) => key).filter(isUuid)],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** How the server's entry differs from ours. */
function faultOf(entry: BookedEntry, own: OwnEntry | undefined): string | null {
  if (own === undefined) return 'we never gathered it';
  if (own.batch !== entry.batch) return `we sent it with batch ${own.batch}`;
  const amount = fromWire(entry.amount);
  const agrees =
    !isRefusal(amount) &&
    amount.minor === own.amount_minor &&
    amount.currency === own.currency &&
    entry.debit === own.debit_account &&
    entry.credit === own.credit_account &&
    entry.bookedOn === own.booked_on;
  return agrees ? null : 'amount, accounts or day are not those that we sent';
}
