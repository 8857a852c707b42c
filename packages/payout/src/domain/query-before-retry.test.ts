import { expectAnswer, money } from '@sluice/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blindSubmissions, SimulatedBank } from '../testing/simulated-bank.ts';
import { nextStep } from './next-step.ts';
import { attemptKeyOf, instructionOf } from './payout.ts';
import { transition, type PayoutEvent, type PayoutState } from './payout-state.ts';

const payout = {
  ...{ id: 'P', sellerId: '367', rail: 'simulated', remittance: 'week 27' },
  amount: money(1_230n, 'CNY'),
  creditor: { account: 'SBX-367', name: 'Store 367' },
};

/** A workflow that may crash after every step: only `state` and `attempt` survive. */
async function run(bank: SimulatedBank): Promise<PayoutState> {
  let state = 'created' as PayoutState;
  let attempt = 0;
  const move = (event: PayoutEvent): void => {
    state = expectAnswer(transition(state, event));
    if (event === 'retry') attempt += 1;
  };
  for (let steps = 0; steps < 500; steps += 1) {
    const crashed = (): boolean => bank.roll(4) === 3;
    const key = attemptKeyOf(payout.id, attempt + 1);
    const step = nextStep({ state });
    if (step === 'reserve' || step === 'await-funds') {
      move(bank.roll(3) === 2 ? 'lack-funds' : 'reserve');
    } else if (step === 'submit') {
      move('submit');
      if (crashed()) continue;
      const answer = await bank.submit(instructionOf(payout, key));
      if (!crashed()) move(answer.kind);
    } else if (step === 'query' || step === 'wait') {
      const answer = await bank.query(key);
      if (!crashed()) move(answer.kind);
    } else if (state === 'rejected' && bank.roll(2) === 1) move('retry');
    else return state;
  }
  throw new Error('the payout never ended');
}

test('whatever the bank says, wherever it crashes, no resending without a not-found', async () => {
  const scripts = fc.array(fc.nat({ max: 59 }), { maxLength: 60 });
  const ends = new Set<PayoutState>();
  const property = fc.asyncProperty(scripts, async (script) => {
    const bank = new SimulatedBank(script);
    const end = await run(bank);
    ends.add(end);
    expect(blindSubmissions(bank)).toEqual([]);
    expect(bank.paid).toHaveLength(end === 'rejected' ? 0 : 1);
  });
  await fc.assert(property, { numRuns: 2_000 });
  expect(ends).toEqual(new Set(['final', 'returned', 'rejected']));
});
