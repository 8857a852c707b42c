import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshDatabase } from '@sluice/database/testing';
import { expectAnswer } from '@sluice/money';
import { expect, test } from 'vitest';
import { checkLedger } from './check-ledger.ts';
import { ledgerMigrations } from './migrations.ts';
import { readStatement } from './statement.ts';

const sqlOf = (name: string): string =>
  readFileSync(join(ledgerMigrations.directory, name), 'utf8');

/** Ten transfers in five transactions, the later ones begun first: the sequence is their order. */
const history = `
  insert into ledger.account (code, currency, balance_minor, transfer_count)
  values ('a', 'USD', -55, 10), ('b', 'USD', 55, 10);
  insert into ledger.transfer (id, debit_account_id, credit_account_id, amount_minor,
    debit_balance_minor, credit_balance_minor, effective_at, recorded_at, type, reference)
  select gen_random_uuid(), 1, 2, n, -n * (n + 1) / 2, n * (n + 1) / 2, now(),
    timestamptz '2026-11-21 12:00:00.000001+00' - interval '1 ms' * (n / 2), 'test', 'R' || n
  from generate_series(1, 10) n`;

test('what was recorded before keeps its order, and everything holds on it', async () => {
  const db = await freshDatabase();
  try {
    const { owner } = db;
    await owner.query('create schema ledger');
    for (const statement of [sqlOf('001_ledger.sql'), history]) await runAll(statement);
    const files = ['002_posting.sql', '003_booking_rules.sql'];
    for (const name of [...files, '004_booking_batch.sql', '005_seal.sql']) {
      await runAll(sqlOf(name));
    }
    expect((await checkLedger(owner)).flatMap(({ violations }) => violations)).toEqual([]);
    const page = expectAnswer(await readStatement(owner, 'b', { limit: 100 }));
    expect(page.lines.map(({ reference }) => reference)).toEqual(
      Array.from({ length: 10 }, (_, index) => `R${index + 1}`),
    );
    expect(page.lines[0]?.recordedAt).toBe('2026-11-21T12:00:00.000Z');
  } finally {
    await db.drop();
  }

  /** Several statements in one text, which a prepared one cannot be. */
  async function runAll(sql: string): Promise<void> {
    const client = await db.owner.connect();
    try {
      await client.query(sql);
    } finally {
      client.release();
    }
  }
});
