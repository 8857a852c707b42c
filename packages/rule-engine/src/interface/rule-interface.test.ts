import { money } from '@sluice/money';
import { describe, expect, test } from 'vitest';
import mainRules from '../../test/fixtures/main-rules.json' with { type: 'json' };
import { day } from '../../test/support.ts';
import {
  createRuleInterface,
  explain,
  integerValue,
  moneyOf,
  moneyValue,
  RuleManagement,
  type FactProviders,
  type RuleInterface,
  type RunRequest,
} from '../index.ts';

interface LineRequest extends RunRequest {
  readonly couponCents: bigint;
}

const terminal = { deviceId: 'till-1' };

async function start(
  facts: FactProviders<LineRequest>,
  sets: readonly unknown[] = [mainRules],
): Promise<RuleInterface<LineRequest>> {
  const management = new RuleManagement({ fetchFor: () => Promise.resolve(sets) });
  expect(await management.refresh(terminal)).toEqual([]);
  return createRuleInterface({ management, terminal, facts });
}

const coupon = ({ couponCents }: LineRequest) => moneyValue(money(couponCents, 'USD'));

describe('run', () => {
  test('fetches facts at once or late and decides', async () => {
    const rules = await start({
      'coupon.value': coupon,
      'line.quantity': () => Promise.resolve(integerValue(1n)),
    });
    const decision = await rules.run('coupon-match', { at: day, couponCents: 75n });
    expect(moneyOf(decision.value).minor).toBe(25n);
    expect(decision.factsRead).toEqual(['coupon.value', 'line.quantity']);
  });

  test('asks no provider whose fact cannot change the answer', async () => {
    const rules = await start({
      'coupon.value': coupon,
      'line.quantity': () => expect.unreachable('the coupon settles it'),
    });
    const decision = await rules.run('coupon-match', { at: day, couponCents: 100n });
    expect(explain(decision)).toBe('not applied: coupon.value 1.00 USD not below 1.00 USD');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no line');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no line'))],
  ])('a provider that %s makes its fact unknown, not the run fail', async (_title, provider) => {
    const rules = await start({ 'coupon.value': coupon, 'line.quantity': provider });
    const decision = await rules.run('coupon-match', { at: day, couponCents: 75n });
    expect(decision.outcome).toBe('unknown');
    expect(decision.unknowns[0]?.reason).toMatchObject({
      code: 'FACT_FAILED',
      message: 'line.quantity failed: no line',
    });
  });

  test('a fact without a provider is missing', async () => {
    const rules = await start({});
    const decision = await rules.run('loyalty-discount', { at: day, couponCents: 0n });
    expect(explain(decision)).toBe('unknown: loyalty.cut is missing');
  });

  test('runs of one interface do not mix', async () => {
    const rules = await start({
      'coupon.value': async (request) => {
        await Promise.resolve();
        return coupon(request);
      },
    });
    const cents = [5n, 0n, 80n, 33n];
    const decisions = await Promise.all(
      cents.map((couponCents) => rules.run('coupon-discount', { at: day, couponCents })),
    );
    expect(decisions.map(({ value }) => (value === null ? 0n : moneyOf(value).minor))).toEqual(
      cents,
    );
  });

  test('a day that is none rejects: it is a mistake of the caller', async () => {
    const rules = await start({});
    await expect(rules.run('b', { at: 'today', couponCents: 0n })).rejects.toThrow(RangeError);
  });
});
