import * as ledger from '../index.ts';
import { expectAnswer, money } from '@sluice/money';

const rounding = { mode: 'half-even', scale: 'currency', stage: 'line' };
const commission = { kind: 'share', of: 'drawn', rate: '0.025', rounding };
const rest = { kind: 'difference', of: 'drawn', less: [commission] }; // drawn - 2.5 % of drawn
const inGeneral = [{ debit: 'funding/{source}', credit: 'payable/{seller}', amount: 'drawn' }];
const byApp = [
  { debit: 'funding/{source}', credit: 'income/commission', amount: commission },
  { debit: 'funding/{source}', credit: 'payable/{seller}', amount: rest },
];
const ruleList = [
  { institution: 'corner', entries: inGeneral },
  { institution: 'corner', when: { channel: 'app' }, entries: byApp },
];
const subSets = [{ businessType: 'subsidy.coupon', rules: ruleList }];
export const rules = expectAnswer(
  ledger.parseBookingRules({ id: 'retail', version: 2, effectiveFrom: '2017-07-01', subSets }),
);

export const explanation = ledger.explainBooking(rules, {
  ...{ businessType: 'subsidy.coupon', institution: 'corner' },
  ...{ key: 'draw:RED-1/1', reference: 'RED-1', at: '2017-07-01T09:30:00Z' },
  parameters: { channel: 'app', source: 'match-fund', seller: '330' },
  amounts: { drawn: money(10_020n, 'USD') },
});
