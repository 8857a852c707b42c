import { expect, test } from 'vitest';
import { Terminal } from '../terminal/terminal.ts';
import { written } from '../testing/written.ts';
import { printSummary } from './print-summary.ts';
import type { Summary } from './summary.ts';

const summary: Summary = {
  pool: 'cj-2017-w27',
  currency: 'USD',
  data: { source: 'complete-journey', notice: null, weeks: '27' },
  lines: { till: 27_901, discounted: 14_667, accepted: 14_600, refused: 67, parked: 0 },
  tillDecisions: { decided: 14_667, same: 14_665, parked: 2 },
  ownData: { redemptions: 2, drawn: '1.20' },
  size: { expected: '8586.63', size: '14537.82', drawn: '1235.76', fees: '11.02' },
  sources: [
    { id: 'bank-line', mandate: '4872.90', drawn: '0.00', left: '4872.90', byKind: {} },
    {
      ...{ id: 'brand-1046', mandate: '50.00', drawn: '3.24', left: '46.76' },
      byKind: { coupon: '3.00', 'handling-fee': '0.24' },
    },
    { id: 'brand-69', mandate: '50.00', drawn: '0.00', left: '50.00', byKind: {} },
    {
      ...{ id: 'match-fund', mandate: '68.22', drawn: '40.01', left: '28.21' },
      byKind: { match: '40.01' },
    },
    {
      ...{ id: 'other-brands', mandate: '365.19', drawn: '2.08', left: '363.11' },
      byKind: { coupon: '2.00', 'handling-fee': '0.08' },
    },
    {
      ...{ id: 'platform-budget', mandate: '8066.76', drawn: '1190.43', left: '6876.33' },
      byKind: { loyalty: '1190.43' },
    },
  ],
  outcomes: [
    {
      ...{ status: 'paid', reason: null, count: 14_602 },
      ...{ discount: '2400.10', subsidy: '1235.76', fee: '11.02' },
    },
    {
      ...{ status: 'refused', reason: 'BRAND_UNKNOWN', count: 67 },
      ...{ discount: '64.88', subsidy: '0.00', fee: '0.00' },
    },
  ],
  topSellers: [
    {
      ...{ seller: '367', redemptions: 1_473, subsidy: '1173.33' },
      fundedBy: { 'platform-budget': '1134.15', 'brand-764': '28.48', 'other-brands': '10.70' },
    },
  ],
  ties: [
    { what: 'drawn = coupon_disc', ours: '420.08', theirs: '420.08', holds: true },
    { what: 'lines = lines', ours: '14667', theirs: '14668', holds: false },
  ],
  match: {
    couponLines: 551,
    asComputed: 550,
    exceptionsByReason: { 'limited by price': 1 },
    exceptions: [
      {
        ...{ redemptionId: 'cj-0710985', coupon: '0.50', computed: '0.50', recorded: '0.38' },
        reason: 'limited by price',
      },
    ],
  },
  payouts: {
    ...{ byState: { final: 158, returned: 1 }, paid: '1146.19', onTheWay: '0.00' },
    resolvedByQuery: 1,
    returned: [{ payoutId: 'P/295/1', seller: '295', amount: '89.57', reason: 'AC04' }],
    owed: {
      total: '89.57',
      sellers: [{ seller: '295', amount: '89.57', held: 'P/295/1 came back (AC04)' }],
    },
  },
  bookings: {
    sent: [
      { trigger: 'period', batches: 12, entries: 310, transfers: 1_204 },
      { trigger: 'entries', batches: 1, entries: 2_000, transfers: 29_315 },
    ],
    waiting: 3,
    refused: [{ batch: 'B-1', rule: 'subsidy.match', reason: 'PERIOD_CLOSED: too late' }],
  },
  chain: { seals: 2, transfers: 31_406, head: 'ab'.repeat(32) },
  redistributions: [
    { from: 8, to: 7, total: '1073.92' },
    { from: 7, to: 6, total: '880.45' },
  ],
  invariants: [
    { id: 'I1', title: 'postings sum to zero', checked: 30_519, violations: [], holds: true },
    {
      ...{ id: 'I6', title: 'no payout twice', checked: 159, holds: false },
      violations: ['payout P/1/1: paid 2 times'],
    },
  ],
};

/** What is printed for a person whose terminal is so wide; null: into a file. */
function printed(of: Summary, width: number | null): string {
  const out = width === null ? written() : written(width);
  printSummary(new Terminal(out.stream), of);
  return out.text();
}

test('a finance person sees what was drawn, paid and owed, and what does not hold', () => {
  expect(printed(summary, 100)).toBe(`
Pool cj-2017-w27, in USD
  27,901 till lines, 14,667 with a discount: 14,600 accepted, 67 refused, 0 parked
  and 2 redemptions of other files, which drew 1.20
  14,667 redemptions decided by a till before: 14,665 the same here, 2 parked
  size 14,537.82 (expected use 8,586.63), drawn 1,235.76
  of it 11.02 are the platform's fees, the rest is the sellers'

Drawn by funding source, against its mandate
  source             mandate     drawn       left  coupon  handling   loyalty  match
                                                                fee
  ───────────────  ─────────  ────────  ─────────  ──────  ────────  ────────  ─────
  brand-69             50.00      0.00      50.00
  brand-1046           50.00      3.24      46.76    3.00      0.24
  other-brands        365.19      2.08     363.11    2.00      0.08
  match-fund           68.22     40.01      28.21                              40.01
  platform-budget   8,066.76  1,190.43   6,876.33                    1,190.43
  bank-line         4,872.90      0.00   4,872.90
  all together     13,473.07  1,235.76  12,237.31    5.00      0.32  1,190.43  40.01

Outcomes by reason
  outcome  reason         redemptions  discounts   subsidy    fee
  ───────  ─────────────  ───────────  ─────────  ────────  ─────
  paid                         14,602   2,400.10  1,235.76  11.02
  refused  BRAND_UNKNOWN           67      64.88      0.00   0.00
  The subsidy of what was not paid is what was asked for and not drawn.

The ten largest sellers, and who funded them
  seller  redemptions   subsidy  match  platform  bank  brands  the largest of them
                                  fund    budget  line
  ──────  ───────────  ────────  ─────  ────────  ────  ──────  ───────────────────
  367           1,473  1,173.33         1,134.15         39.18  brand-764 28.48

The doubling of coupons: computed by the rule, held against the till
  550 of 551 coupon lines agree to the cent; 1 exception:
        1  limited by price
  redemption  coupon  computed  recorded  reason
  ──────────  ──────  ────────  ────────  ────────────────
  cj-0710985    0.50      0.50      0.38  limited by price

Payouts through the sandbox bank, over all pools, in USD
  158 final, 1 returned; 1,146.19 paid, 0.00 on its way, 89.57 owed
  1 without a clear answer at first, resolved by a query
  P/295/1 to seller 295 came back (AC04): 89.57
  seller 295 is owed 89.57: held, because P/295/1 came back (AC04)
  sub-accounts redistributed 2 times, total moved
    8 to 7: 1,073.92; 7 to 6: 880.45

Booking batches at the accounting server, over all pools
  13 batches sent, with 2,310 entries that sum 30,519 bookings
  by the period: 12 batches, 310 entries
  by the number of entries: 1 batch, 2,000 entries
  3 entries wait to be sent
  batch B-1 of subsidy.match was refused: PERIOD_CLOSED: too late

The hash chain of the ledger
  31,406 transfers in 2 seals, with the head
  abababababababababababababababababababababababababababababababab
  Who keeps it elsewhere can prove later that nothing below it was changed.

Ties to the outside
  holds  drawn = coupon_disc: 420.08 = 420.08
  BROKEN lines = lines: 14,667 is not 14,668

Invariants
  holds  I1  postings sum to zero (30,519 checked)
  BROKEN I6  no payout twice (159 checked)
             payout P/1/1: paid 2 times
`);
});

test.each([80, 100, 120])('no line is wider than a terminal of %i columns', (width) => {
  const many = Array.from({ length: 40 }, (_, index) => ({
    seller: `${index}`,
    amount: '1.00',
    held: null,
  }));
  const large: Summary = {
    ...summary,
    sources: summary.sources.map((source) => ({ ...source, mandate: '123456.78' })),
    payouts: { ...summary.payouts, owed: { total: '40.00', sellers: many } },
  };
  const lines = printed(large, width).split('\n');
  expect(lines.filter((line) => [...line].length > width)).toEqual([]);
  expect(lines).toContain('  and 35 sellers more: statement SELLER says why');
});

test('what did not happen is not told', () => {
  const quiet: Summary = {
    ...summary,
    ownData: { redemptions: 0, drawn: '0.00' },
    outcomes: summary.outcomes.slice(0, 1),
    match: { couponLines: 0, asComputed: 0, exceptionsByReason: {}, exceptions: [] },
    redistributions: [],
  };
  const text = printed(quiet, null);
  expect(text).not.toContain('other files');
  expect(text).not.toContain('asked for and not drawn');
  expect(text).toContain('  0 of 0 coupon lines agree to the cent; 0 exceptions\n');
  expect(text).toContain('  sub-accounts redistributed 0 times\n');
});
