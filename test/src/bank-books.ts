import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A payment as it stands in the bank's own books. */
export interface BankPayment {
  /** The idempotency key that came with it. */
  readonly key: string;
  readonly status: string;
  readonly minor: bigint;
  /** Whom the bank paid. */
  readonly account: string;
  readonly bankReference: string;
}

/** Reads the bank's own books, past the bank and past the program. */
export function readBankBooks(stateDir: string): readonly BankPayment[] {
  const books = new DatabaseSync(join(stateDir, 'sandbox-bank.sqlite'), { readOnly: true });
  try {
    const statement = books.prepare(
      `select key, status, amount_minor as minor, bank_reference as bankReference,
         json_extract(request, '$.creditor.account') as account
       from payment order by seq`,
    );
    statement.setReadBigInts(true);
    return statement.all().map((row) => ({ ...row }) as unknown as BankPayment);
  } finally {
    books.close();
  }
}
