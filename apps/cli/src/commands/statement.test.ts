import { freshDatabase, type FreshDatabase } from '@sluice/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { charge, openChargedPool } from '../testing/charged-redemptions.ts';
import { runCli } from '../testing/run-cli.ts';
import { tempDir } from '../testing/temp-dir.ts';
import { migrationSets } from '../session/open-session.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase(...migrationSets);
  await openChargedPool(db);
  await charge(db, { id: 'RED-1', subsidyMinor: 500n, feeMinor: 5n });
  await charge(db, { id: 'RED-2', subsidyMinor: 900n, feeMinor: 9n });
  await charge(db, { id: 'RED-3', subsidyMinor: 10n, feeMinor: 0n });
});
afterAll(() => db.drop());

test('a statement tells who funded what, and which fee was taken by which tariff', async () => {
  const env = { DATABASE_URL: db.url, SLUICE_STATE_DIR: tempDir() };
  const { code, output, errors } = await runCli(['statement', '330'], env);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toMatch(/july +fund +coupon +3 +14\.10\n/);
  expect(output).toContain('  earned 14.10\n');
  expect(output).toContain('  less platform fees 0.14 on 2 redemptions: 13.96\n');
  expect(output).toContain('  owed now 13.96\n');
  expect(output).toMatch(
    /platform fee by platform-fee-2017@1 +income\/platform-fee\/USD +RED-2 +-0\.09 +13\.86\n/,
  );
});
