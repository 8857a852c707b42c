import { parseBookingRules } from '@sluice/ledger';
import { expectAnswer, money } from '@sluice/money';
import { expect, test } from 'vitest';
import { configFolder } from '../testing/test-system.ts';
import { bookTogether, type BookedBy, type Booking } from './post-bookings.ts';
import { loadProgram } from './program.ts';

function entriesTo(credit: string): readonly object[] {
  return [{ debit: 'funding/{source}', credit, amount: 'drawn' }];
}

async function programOf(rules: readonly object[]): Promise<BookedBy> {
  const { institution } = await loadProgram(configFolder);
  const ours = rules.map((rule) => ({ institution, ...rule }));
  const subSets = [{ businessType: 'subsidy.match', rules: ours }];
  const json = { id: 'test', version: 1, effectiveFrom: '2017-01-01', subSets };
  const set = expectAnswer(parseBookingRules(json));
  return { institution, bookingBook: { on: () => set } };
}

const booking: Booking = {
  type: 'subsidy.match',
  key: 'subsidy:RED-1/1',
  reference: 'RED-1',
  at: '2017-07-03T10:15:00Z',
  parameters: { source: 'match-fund', pool: 'july', seller: '330' },
  amounts: { drawn: money(25n, 'USD') },
};

test('the rule is found by what the event says, not by type and institution alone', async () => {
  const program = await programOf([
    { entries: entriesTo('payable/{seller}') },
    { when: { source: 'match-fund' }, entries: entriesTo('payable/match') },
  ]);
  const other = { ...booking, parameters: { ...booking.parameters, source: 'brand' } };
  const transfers = expectAnswer(bookTogether(program, [booking, other]));
  expect(transfers.map(({ creditAccount }) => creditAccount)).toEqual([
    'payable/match',
    'payable/330',
  ]);
});

test('an event that no rule is for is refused, and books nothing', async () => {
  const program = await programOf([
    { when: { source: 'brand' }, entries: entriesTo('payable/{seller}') },
  ]);
  expect(bookTogether(program, [booking])).toMatchObject({
    code: 'CONFIGURATION_UNKNOWN',
    details: { parameter: 'source', value: 'match-fund', known: ['brand'] },
  });
});
