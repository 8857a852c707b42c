import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerUpkeepProgress } from './contract.ts';
import { manyRedemptions } from './testing/examples.ts';
import { violations } from './testing/invariants.ts';
import { Story, until } from './testing/story.ts';
import { connectTestTemporal, type TestTemporal } from './testing/test-temporal.ts';
import { openTestSystem, type TestSystem } from './testing/test-system.ts';

let temporal: TestTemporal;
let system: TestSystem;
let worker: { stop(): Promise<void> } | undefined;
beforeAll(async () => {
  [temporal, system] = await Promise.all([connectTestTemporal(), openTestSystem()]);
  worker = await temporal.startWorker(system.activities);
});
afterAll(async () => {
  await worker?.stop();
  await temporal.close();
  await system.close();
});

test('one upkeep runs, however often it is started, and seals what is booked', async () => {
  const handle = await temporal.sluice.ledgerUpkeep({ everyMs: 3_600_000 });
  const view = (): Promise<LedgerUpkeepProgress> => handle.query('ledgerUpkeepView');
  await until(async () => (await view()).last?.kind === 'nothing-new');

  const story = new Story(temporal, system, 'upkeep');
  await story.openPool();
  await (await story.startBatch(manyRedemptions(10), 10)).result();
  const { runId } = await handle.describe();
  const again = await temporal.sluice.ledgerUpkeep({ everyMs: 3_600_000 });
  expect((await again.describe()).runId).toBe(runId);
  await until(async () => (await view()).transfers > 0);

  const [stored] = await system.db.app.query<{ n: bigint }>(
    'select count(*) as n from ledger.transfer',
  );
  expect(await view()).toMatchObject({
    transfers: Number(stored?.n),
    last: { kind: 'sealed', head: { number: 1 } },
  });
  expect(await violations(system)).toEqual([]);
  await handle.terminate('the test is over');
});
