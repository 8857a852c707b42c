import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { money } from '@sluice/money';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, transfer } from '../../testing/samples.ts';
import { openAccounts } from '../accounts.ts';
import { ledgerMigrations } from '../migrations.ts';
import { postTransfers } from '../post-transfers.ts';
import { checkSeals } from './check-seals.ts';
import { exportSeals, readExportContents } from './export-seals.ts';
import { sealTransfers } from './seal-transfers.ts';
import { verifyExport } from './verify-export.ts';

let db: FreshDatabase;
const ids: string[] = [];

/** Three seals of three transfers each. */
beforeEach(async () => {
  db = await freshDatabase(ledgerMigrations);
  await withTransaction(db.app, (tx) => openAccounts(tx, [account('a'), account('b')]));
  ids.length = 0;
  for (const seal of [1, 2, 3]) {
    const batch = [1, 2, 3].map((n) => transfer(`${seal}/${n}`, { amount: money(7n, 'USD') }));
    ids.push(...batch.map(({ id }) => id));
    await withTransaction(db.app, (tx) => postTransfers(tx, batch));
    await sealTransfers(db.app, { waitMs: 20_000 });
  }
});
afterEach(() => db.drop());

async function violations(): Promise<readonly string[]> {
  return (await checkSeals(db.app)).violations;
}

/** The whole export as one text. */
async function exported(): Promise<string> {
  let text = '';
  for await (const part of exportSeals(db.app, await readExportContents(db.app))) text += part;
  return text;
}

/** What an outsider finds in an export, as `kind seal transfer`. */
async function foundOutside(text: string): Promise<readonly string[]> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(new TextEncoder().encode(text));
  }
  const { findings } = await verifyExport(pieces());
  return findings.map(({ kind, seal, transferId }) => `${kind} ${seal} ${transferId ?? ''}`.trim());
}

test('a chain in order verifies, and says over how many transfers', async () => {
  expect(await checkSeals(db.app)).toEqual({
    id: 'I13',
    title: 'the hash chain over all sealed transfers verifies',
    checked: 9,
    violations: [],
  });
  expect(await foundOutside(await exported())).toEqual([]);
});

test('an export tells how far it is, seal by seal', async () => {
  const written: number[] = [];
  const contents = await readExportContents(db.app);
  expect(contents).toMatchObject({ transfers: 9, head: { number: 3 } });
  const parts = exportSeals(db.app, contents, (transfers) => written.push(transfers));
  while ((await parts.next()).done !== true);
  expect(written).toEqual([3, 6, 9]);
});

test('what is not sealed yet breaks nothing, and is not exported', async () => {
  await withTransaction(db.app, (tx) => postTransfers(tx, [transfer('later')]));
  expect(await checkSeals(db.app)).toMatchObject({ checked: 9, violations: [] });
  expect(await exported()).not.toContain('later');
});

test('a ledger without a seal verifies, and exports a header alone', async () => {
  await db.owner.query('truncate ledger.seal');
  expect(await checkSeals(db.app)).toMatchObject({ checked: 0, violations: [] });
  const text = await exported();
  expect(text.split('\n')).toHaveLength(2);
  expect(await foundOutside(text)).toEqual([]);
});

/** Every column of a stored transfer, with a change that its constraints let through. */
const columnChanges = [
  ['amount_minor', 'amount_minor = amount_minor + 1'],
  ['debit_balance_minor', 'debit_balance_minor = 0'],
  ['credit_balance_minor', 'credit_balance_minor = 0'],
  ['debit_held_minor', 'debit_held_minor = 0'],
  ['credit_held_minor', 'credit_held_minor = 0'],
  ['debit_account_id', 'debit_account_id = 99'],
  ['credit_account_id', 'credit_account_id = 99'],
  ['effective_at', `effective_at = effective_at + interval '1 microsecond'`],
  ['effective_at, before Christ', `effective_at = '2017-07-01 09:30+00 BC'`],
  ['effective_at, never', `effective_at = 'infinity'`],
  ['type', `type = 'subsidy.other'`],
  ['reference', `reference = 'other'`],
  ['kind', `kind = 'hold'`],
  ['asked_minor', 'asked_minor = 7'],
  ['balancing', `balancing = 'debit'`],
  ['timeout_ms', 'timeout_ms = 1'],
  ['original_id', `original_id = gen_random_uuid(), kind = 'reversal'`],
] as const;

describe('what the owner of the database does to a sealed transfer is found and named', () => {
  const fifth = (sql: string): Promise<unknown> =>
    db.owner.query(`update ledger.transfer set ${sql} where id = '${ids[4]}'`);

  test.each(columnChanges)('%s', async (_, sql) => {
    await fifth(sql);
    expect(await violations()).toEqual([`seal 2: transfer ${ids[4]} is not what was sealed`]);
    expect(await foundOutside(await exported())).toEqual([`changed-transfer 2 ${ids[4]}`]);
  });

  test('no column is left out', async () => {
    const columns = await db.owner.query<{ name: string }>(
      `select attname as name from pg_attribute
       where attrelid = 'ledger.transfer'::regclass and attnum > 0 and not attisdropped`,
    );
    const tried = new Set<string>(columnChanges.map(([column]) => column));
    const left = columns.map(({ name }) => name).filter((name) => !tried.has(name));
    expect(left.sort()).toEqual(['id', 'recorded_ns']);
  });

  test('its id', async () => {
    const other = '00000000-0000-8000-8000-000000000000';
    await fifth(`id = '${other}'`);
    expect(await violations()).toEqual([`seal 2: transfer ${other} is not what was sealed`]);
  });

  test('its time, within the seal', async () => {
    await fifth('recorded_ns = recorded_ns - 5');
    expect(await violations()).not.toEqual([]);
  });

  test('its time, into another seal', async () => {
    await fifth(`recorded_ns = (select max(recorded_ns) from ledger.transfer) - 1`);
    const [gone, added] = await violations();
    expect(gone).toMatch(`seal 2: 1 sealed before ${ids[5]} are gone`);
    expect(added).toMatch(`seal 3: 1 from ${ids[4]} on lie within its bound and were not sealed`);
  });

  test('its removal', async () => {
    await db.owner.query(`delete from ledger.transfer where id = '${ids[4]}'`);
    expect(await violations()).toMatchObject([
      expect.stringContaining(`seal 2: 1 sealed before ${ids[5]} are gone`),
    ]);
    expect(await foundOutside(await exported())).toEqual(['removed-transfers 2']);
  });
});

test('a transfer that is slipped in below the last bound is found', async () => {
  await db.owner.query(
    `insert into ledger.transfer
     select (json_populate_record(transfer, json_build_object(
       'id', gen_random_uuid(), 'recorded_ns', recorded_ns + 1, 'reference', 'slipped in'))).*
     from ledger.transfer where reference = '3/2'`,
  );
  const [first] = await violations();
  expect(first).toMatch(/^seal 3: .* (not sealed|not what was sealed)$/);
});

test('an account that got another name or currency is found at each transfer', async () => {
  await db.owner.query(`update ledger.account set code = 'c' where code = 'b'`);
  expect(await violations()).toHaveLength(9);
  await db.owner.query(`update ledger.account set code = 'b' where code = 'c'`);
  await db.owner.query(`update ledger.account set currency = 'CNY'`);
  expect(await violations()).toHaveLength(9);
});

describe('what the owner of the database does to a seal is found', () => {
  test.each([
    ['digest', `digest = sha256('x')`, /^seal 2: its hash is not that of its fields$/],
    ['hash', `hash = sha256('x')`, /^seal 2: its hash is not that of its fields$/],
    ['previous hash', `previous_hash = sha256('x')`, /^seal 2: its hash/],
    ['bound', 'through_ns = through_ns + 1', /^seal 2: its hash/],
    ['leaves', `leaves = set_byte(leaves, 5, 255 - get_byte(leaves, 5))`, /^seal 2: its digest/],
    [
      'count and leaves',
      `transfer_count = 2, leaves = substring(leaves for 64)`,
      /^seal 2: its hash/,
    ],
  ])('%s', async (_, sql, says) => {
    await db.owner.query(`update ledger.seal set ${sql} where number = 2`);
    expect((await violations())[0]).toMatch(says);
    expect(await foundOutside(await exported())).toContain('altered-seal 2');
  });

  test('the removal of a seal', async () => {
    await db.owner.query('delete from ledger.seal where number = 2');
    expect((await violations())[0]).toBe('seal 3 does not continue seal 1');
  });
});

test('at most twenty are told', async () => {
  const batch = Array.from({ length: 30 }, (_, n) => transfer(`more/${n}`));
  await withTransaction(db.app, (tx) => postTransfers(tx, batch));
  await sealTransfers(db.app, { waitMs: 20_000 });
  await db.owner.query(`update ledger.transfer set type = 'subsidy.other'`);
  expect(await violations()).toHaveLength(20);
});
