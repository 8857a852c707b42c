import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTransaction } from '@sluice/database';
import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { openAccounts, postTransfers, transferId } from '@sluice/ledger';
import { money } from '@sluice/money';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { migrationSets } from '../session/open-session.ts';
import { runCli, type CliEnd } from '../testing/run-cli.ts';
import { tempDir } from '../testing/temp-dir.ts';

// The program is started again for each command.
vi.setConfig({ testTimeout: 90_000 });

const at = '2017-07-01T09:30:00.000Z';
let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase(...migrationSets);
  const { currency } = money(0n, 'USD');
  const limits = { currency, floorMinor: null, ceilingMinor: null };
  await withTransaction(db.app, (tx) =>
    openAccounts(tx, [
      { code: 'a', ...limits },
      { code: 'b', ...limits },
    ]),
  );
});
afterAll(() => db.drop());

/** Posts so many transfers in a transaction. */
async function post(name: string, count: number): Promise<void> {
  const transfers = Array.from({ length: count }, (_, n) => ({
    id: transferId(`${name}/${n}`, at),
    kind: 'direct' as const,
    debitAccount: 'a',
    creditAccount: 'b',
    amount: money(5n, 'USD'),
    type: 'subsidy.coupon',
    reference: `${name}/${n}`,
    effectiveAt: at,
    linked: false,
  }));
  await withTransaction(db.app, (tx) => postTransfers(tx, transfers));
}

/** Runs `sluice ledger ...` on the test's database. */
function ledger(...args: readonly string[]): Promise<CliEnd> {
  const env = { SLUICE_STATE_DIR: tempDir(), DATABASE_URL: db.url };
  return runCli(['ledger', ...args], env);
}

/** Without a database, and without a folder that could be written. */
function verify(...args: readonly string[]): Promise<CliEnd> {
  return runCli(['ledger', 'verify', ...args], { SLUICE_STATE_DIR: '/nowhere' });
}

const headIn = (text: string): string => /head ([0-9a-f]{64})/.exec(text)?.[1] ?? '';

describe('from the ledger to an outsider', () => {
  test('what is sealed can be exported, and checked without a database', async () => {
    await post('first', 3);
    const sealed = await ledger('seal');
    expect(sealed).toMatchObject({ code: 0 });
    expect(sealed.output).toMatch(/^3 transfers sealed in 1 seal\nhead [0-9a-f]{64} \(seal 1\)\n$/);
    expect((await ledger('seal')).output).toMatch(/^0 transfers sealed in 0 seals\nhead /);

    const file = join(tempDir(), 'export.jsonl');
    const toFile = await ledger('export', '--out', file);
    expect(toFile).toMatchObject({ code: 0, output: '' });
    const head = headIn(sealed.output);
    expect(headIn(toFile.errors)).toBe(head);
    expect((await ledger('export')).output).toBe(readFileSync(file, 'utf8'));

    const sound = await verify(file);
    expect(sound).toMatchObject({ code: 0 });
    expect(sound.output).toContain('3 transfers in 1 seal: every byte is as it was sealed');
    expect(sound.output).toContain(`head ${head} (seal 1)`);
    expect(sound.output).toContain('Who kept a head hash can prove more: --head HASH');

    await post('second', 2);
    await ledger('seal');
    await ledger('export', '--out', file);
    const grown = await verify(file, '--head', head);
    expect(grown.code).toBe(0);
    expect(grown.output).toContain('The kept hash is that of seal 1');
  });

  test('a changed amount is told by line, seal and transfer', async () => {
    const file = join(tempDir(), 'export.jsonl');
    await ledger('export', '--out', file);
    const lines = readFileSync(file, 'utf8').split('\n');
    const [, , , forged = ''] = lines;
    writeFileSync(file, lines.with(3, forged.replace('"5"', '"6"')).join('\n'));
    const { code, output } = await verify(file);
    expect(code).toBe(1);
    const id = transferId('first/1', at);
    expect(output).toContain(`${file}:4: changed-transfer (seal 1, transfer ${id}): this is not`);
    expect(output).toContain('NOT as it was sealed: 1 finding in 5 transfers and 2 seals');
  });

  test('a chain without the hash that was kept is refused', async () => {
    const file = join(tempDir(), 'export.jsonl');
    await ledger('export', '--out', file);
    const { code, output } = await verify(file, '--head', 'f'.repeat(64));
    expect(code).toBe(1);
    expect(output).toContain('head-not-found: no seal of this chain has the hash fff');
  });
});

test('a file that cannot be written is refused, and nothing half of it is left', async () => {
  const { code, errors } = await ledger('export', '--out', '/nowhere/export.jsonl');
  expect(code).toBe(2);
  expect(errors).toContain('FILE_UNWRITABLE: /nowhere/export.jsonl cannot be written');
  expect(existsSync('/nowhere')).toBe(false);
});

test('the check of everything makes the chain anew (I13)', async () => {
  const check = (): Promise<CliEnd> =>
    runCli(['check'], { SLUICE_STATE_DIR: tempDir(), DATABASE_URL: db.url });
  expect((await check()).output).toMatch(/holds {2}I13 the hash chain .*\(5 checked\)/);
  await db.owner.query(`update ledger.transfer set reference = 'x' where reference = 'first/1'`);
  expect((await check()).output).toMatch(
    /BROKEN I13 .*\n +seal 1: transfer [0-9a-f-]+ is not what was sealed/,
  );
});
