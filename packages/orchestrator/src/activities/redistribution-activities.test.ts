import { listBalances } from '@sluice/ledger';
import { expectAnswer } from '@sluice/money';
import { readMainAccount } from '@sluice/settlement';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchProgress, PayoutOrder, PlannedPayout } from '../contract.ts';
import { examplePool, exampleRedemption, usd } from '../testing/examples.ts';
import { violations } from '../testing/invariants.ts';
import { tableDigests } from '../testing/table-digests.ts';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';

const progress: BatchProgress = {
  ...{ afterSequence: '0', paid: 0, refused: 0, parked: 0 },
  subsidy: null,
};
/** Two waves of sixteen. */
const sellers = 32;
const generation = { mainAccountId: 'main', generation: 1 };

let system: TestSystem;
let payouts: readonly PlannedPayout[];
beforeEach(async () => {
  system = await openTestSystem();
  await system.openPool({ mainAccount: { ...examplePool().mainAccount, threshold: usd('15.00') } });
  await system.record(
    Array.from({ length: sellers }, (_, index) =>
      exampleRedemption({ id: `RED-${index}`, sellerId: `${400 + index}` }),
    ),
  );
  await system.activities.settleChunk({ poolId: 'july', batchId: 'batch-1', limit: 100, progress });
  const run = { poolId: 'july', mainAccountId: 'main', runId: 'run-1' };
  ({ payouts } = expectAnswer(await system.activities.planPayouts(run)));
  expect(payouts).toHaveLength(sellers);
});
afterEach(async () => {
  expect(await violations(system)).toEqual([]);
  await system.close();
});

function orderOf(planned: PlannedPayout): PayoutOrder {
  return { ...planned, mainAccountId: 'main', reference: 'july' };
}

/** What all sub-accounts of all generations hold together. */
async function total(): Promise<bigint> {
  const accounts = await listBalances(system.db.app, { prefix: 'settlement/main/' });
  return accounts
    .filter(({ code }) => !code.endsWith('clearing'))
    .reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n);
}

/** Reserves until the generation has to be redistributed. */
async function untilThin(): Promise<void> {
  for (const planned of payouts) {
    const { kind } = await system.activities.reservePayout(orderOf(planned));
    if (kind === 'redistribute') return;
  }
  throw new Error('the generation never became thin');
}

/** Does what the workflow does, until the payout is reserved. */
async function reserve(planned: PlannedPayout): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const reserved = await system.activities.reservePayout(orderOf(planned));
    if (reserved.kind === 'reserved') return;
    if (reserved.kind === 'redistribute') await redistribute(reserved.generation);
    else expect(reserved.kind).toBe('wait');
  }
  throw new Error(`${planned.payoutId} was never reserved`);
}

async function redistribute(from: number): Promise<void> {
  const input = { mainAccountId: 'main', generation: from };
  const begun = await system.activities.beginRedistribution(input);
  if (begun.kind !== 'begun') return;
  await system.activities.moveBalances(input);
  await system.activities.completeRedistribution(input);
}

describe('a redistribution', () => {
  test('moves the whole balance into fewer sub-accounts', async () => {
    await untilThin();
    const before = await total();
    const { activities } = system;
    const begun = { kind: 'begun', subAccounts: 3 };
    expect(await activities.beginRedistribution(generation)).toEqual(begun);
    expect(await activities.moveBalances(generation)).toMatchObject({ kind: 'moved' });
    const done = { kind: 'redistributed', generation: 2, subAccounts: 3 };
    expect(await activities.completeRedistribution(generation)).toEqual(done);
    expect(await total()).toBe(before);
    const main = expectAnswer(await readMainAccount(system.db.app, 'main'));
    expect(main).toMatchObject({ generation: 2, size: 3, state: 'normal' });
  });

  test('is done once by callers that race through its steps', async () => {
    await untilThin();
    const before = await total();
    const steps = ['beginRedistribution', 'moveBalances', 'completeRedistribution'] as const;
    for (const step of steps) {
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => system.activities[step](generation)),
      );
      expect(new Set(answers.map(({ kind }) => kind)).size).toBe(1);
      expect(await total()).toBe(before);
    }
    const main = expectAnswer(await readMainAccount(system.db.app, 'main'));
    expect(main.redistributions).toHaveLength(1);
  });

  test('that nobody needs moves nothing', async () => {
    const before = await tableDigests(system.db);
    const { activities } = system;
    const answer = { kind: 'not-needed', subAccounts: 4 };
    expect(await activities.beginRedistribution(generation)).toEqual(answer);
    expect(await activities.completeRedistribution(generation)).toMatchObject({
      code: 'REDISTRIBUTION_NOT_BEGUN',
    });
    expect(await tableDigests(system.db)).toEqual(before);
  });

  test.each([
    ['an unknown main account', { mainAccountId: 'other', generation: 1 }, 'MAIN_ACCOUNT_UNKNOWN'],
    [
      'a generation that is not yet',
      { mainAccountId: 'main', generation: 9 },
      'GENERATION_UNKNOWN',
    ],
  ])('of %s is refused', async (_, input, code) => {
    const { activities } = system;
    expect(await activities.beginRedistribution(input)).toMatchObject({ code });
    expect(await activities.completeRedistribution(input)).toMatchObject({ code });
    await expect(activities.moveBalances(input)).rejects.toMatchObject({ type: code });
  });
});

test('payouts that race while sub-accounts are redistributed are each reserved once', async () => {
  const before = await total();
  // The first wave leaves every sub-account below its threshold, so that the second one finds it.
  await Promise.all(payouts.slice(0, 16).map(reserve));
  expect(await total()).toBe(before / 2n);
  await Promise.all(payouts.slice(16).map(reserve));
  expect(await total()).toBe(0n);
  const transit = await listBalances(system.db.app, { prefix: 'payout/in-transit/' });
  expect(transit.map(({ balanceMinor }) => balanceMinor)).toEqual([before]);
  const main = expectAnswer(await readMainAccount(system.db.app, 'main'));
  expect(main.redistributions.length).toBeGreaterThan(0);
  expect(main.tasksNumbered).toBe(BigInt(sellers));
  for (const planned of payouts) await reserve(planned);
  expect(await total()).toBe(0n);
});
