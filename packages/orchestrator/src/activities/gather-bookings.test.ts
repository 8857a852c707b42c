import { withTransaction } from '@sluice/database';
import { countBookingBatches, noBookingTriggers, readOpenTask } from '@sluice/ledger';
import { money } from '@sluice/money';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openTestSystem, type TestSystem } from '../testing/test-system.ts';
import { BookingHints } from './booking-hints.ts';
import { postBookings, type Booking } from './post-bookings.ts';
import type { Program } from './program.ts';
import { pino } from 'pino';

const rule = { institution: 'complete-journey', rule: 'settlement.top-up' };

/** Money from the treasury on one of the sub-accounts. */
function topUp(key: string, minor = 500n): Booking {
  return {
    ...{ type: rule.rule, key, reference: key, at: '2017-07-03T10:00:00.000Z' },
    parameters: { currency: 'USD', mainAccount: 'main', generation: '1', number: '1' },
    amounts: { part: money(minor, 'USD') },
  };
}

describe('what is posted is gathered', () => {
  let system: TestSystem;
  beforeEach(async () => {
    system = await openTestSystem();
    await system.openPool();
  });
  afterEach(() => system.close());

  const post = (bookings: readonly Booking[], change: Partial<Program> = {}): Promise<number> =>
    withTransaction(system.db.app, (tx) =>
      postBookings(tx, { ...system.program, ...change }, bookings),
    );

  test('once: what was in the ledger before was gathered then', async () => {
    await post([topUp('1'), topUp('2')]);
    await post([topUp('1'), topUp('2')]);
    await post([topUp('3')]);
    const [counted] = await countBookingBatches(system.db.app);
    expect(counted).toMatchObject({ ...rule, entries: 2, transfers: 3 });
  });

  test('by the rules and triggers of the program, telling whose tasks got entries', async () => {
    const gathered = vi.fn();
    const { triggers } = system.program.gathering;
    await post([topUp('1')], { gathering: { triggers, gathered } });
    expect(gathered.mock.calls).toEqual([[[rule]]]);
    const open = await readOpenTask(system.db.app, rule);
    expect(open?.settings).toEqual(triggers.of(rule.institution, rule.rule));
    const [entry] = await system.db.app.query('select * from ledger.booking_task_entry');
    expect(entry).toMatchObject({
      ...{ rule_set_id: system.program.bookingRules.id, rule_set_version: 1 },
      ...{ debit_account: 'outside/treasury/USD', amount_minor: 500n, booked_on: '2017-07-03' },
    });
  });

  test('not at all by a program without triggers', async () => {
    const gathered = vi.fn();
    await post([topUp('1')], { gathering: { triggers: noBookingTriggers, gathered } });
    expect(await countBookingBatches(system.db.app)).toEqual([]);
    expect(gathered).not.toHaveBeenCalled();
  });

  test('not at all when the posting is refused', async () => {
    const refused = post([topUp('1'), { ...topUp('2'), parameters: {} }]);
    await expect(refused).rejects.toThrow('BOOKING_PARAMETER_MISSING');
    expect(await countBookingBatches(system.db.app)).toEqual([]);
  });
});

describe('hints', () => {
  const silent = pino({ level: 'silent' });
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('however much is gathered, a rule is told of once in a while', async () => {
    const wake = vi.fn(() => Promise.resolve());
    const hints = new BookingHints(wake, silent);
    for (let n = 0; n < 50; n += 1) hints.note([rule, { ...rule, rule: 'other' }]);
    expect(wake).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(wake.mock.calls).toEqual([[rule], [{ ...rule, rule: 'other' }]]);
    hints.note([rule]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(wake).toHaveBeenCalledTimes(3);
  });

  test('one that cannot be delivered is tried again until it is', async () => {
    const wake = vi.fn<() => Promise<void>>();
    wake.mockRejectedValueOnce(new Error('away')).mockRejectedValueOnce(new Error('away'));
    new BookingHints(wake.mockResolvedValue(), silent).note([rule]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wake).toHaveBeenCalledTimes(3);
  });
});
