import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Transfer } from '../domain/transfer.ts';
import { postHold, transfer } from '../testing/samples.ts';
import { GatheringBatch, type CollectorTrigger, type GatheringLimits } from './gathering-batch.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const wide: GatheringLimits = { maxAgeMs: 50, maxAccounts: 100, maxTransfers: 100 };

function gathering(limits: Partial<GatheringLimits>): {
  readonly batch: GatheringBatch<{ readonly transfers: readonly Transfer[] }>;
  /** What has made it due by now. */
  readonly due: () => Promise<CollectorTrigger | null>;
} {
  const batch = new GatheringBatch({ ...wide, ...limits });
  return { batch, due: () => Promise.race([batch.due, Promise.resolve(null)]) };
}

const call = (...accounts: readonly string[]) => ({
  transfers: accounts.map((creditAccount, index) => transfer(`k${index}`, { creditAccount })),
});

describe('a batch is due', () => {
  test('when its first call has waited for the age, and not a millisecond before', async () => {
    const { batch, due } = gathering({ maxAgeMs: 50 });
    batch.add(call('b'));
    vi.advanceTimersByTime(49);
    batch.add(call('b'));
    expect(await due()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(await due()).toBe('age');
    expect(batch.isFull).toBe(false);
  });

  test('with an age of 0 as soon as the calls of this moment are in', async () => {
    const { batch, due } = gathering({ maxAgeMs: 0 });
    batch.add(call('b'));
    expect(await due()).toBeNull();
    vi.runAllTicks();
    vi.advanceTimersByTime(0);
    expect(await due()).toBe('age');
  });

  test('when it names so many distinct accounts', async () => {
    const { batch, due } = gathering({ maxAccounts: 4 });
    batch.add(call('b', 'c'));
    batch.add(call('b', 'c'));
    batch.add({ transfers: [postHold('p', 'h')] });
    expect(await due()).toBeNull();
    batch.add(call('d', 'e'));
    expect(await due()).toBe('accounts');
    expect(batch.isFull).toBe(true);
    expect(batch.calls).toHaveLength(4);
  });

  test('when it holds so many transfers', async () => {
    const { batch, due } = gathering({ maxTransfers: 3 });
    batch.add(call('b', 'b'));
    expect(batch.isFull).toBe(false);
    batch.add(call('b', 'b'));
    expect(await due()).toBe('entries');
    expect(batch.isFull).toBe(true);
  });

  test('when it is closed, and its clock stands still then', async () => {
    const { batch, due } = gathering({});
    batch.add(call('b'));
    batch.close();
    expect(await due()).toBe('close');
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('the first trigger that holds is told', async () => {
  const { batch, due } = gathering({ maxTransfers: 1 });
  vi.advanceTimersByTime(50);
  batch.add(call('b'));
  expect(await due()).toBe('age');
  expect(batch.isFull).toBe(true);
});
