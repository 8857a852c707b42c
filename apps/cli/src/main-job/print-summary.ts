import { expectAnswer, parseMoney } from '@sluice/money';
import { counted, grouped, showMinor } from '../terminal/figures.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { describeTill } from './describe-till.ts';
import type { Summary } from './summary.ts';

/** How many match exceptions are listed; all of them are in the JSON summary. */
const shownExceptions = 12;
/** How many sellers that are owed money are named. */
const shownOwed = 5;

/** Tells a finance person what the main job did. */
export function printSummary(terminal: Terminal, summary: Summary): void {
  const { lines, size, currency, ownData } = summary;
  terminal.heading(`Pool ${summary.pool}, in ${currency}`);
  terminal.item(
    '  ',
    `${grouped(lines.till)} till lines, ${grouped(lines.discounted)} with a discount: ` +
      `${grouped(lines.accepted)} accepted, ${grouped(lines.refused)} refused, ` +
      `${grouped(lines.parked)} parked`,
  );
  if (ownData.redemptions > 0) {
    const came = counted(ownData.redemptions, 'redemption');
    terminal.line(`  and ${came} of other files, which drew ${grouped(ownData.drawn)}`);
  }
  terminal.item('  ', describeTill(summary.tillDecisions));
  terminal.line(
    `  size ${grouped(size.size)} (expected use ${grouped(size.expected)}), ` +
      `drawn ${grouped(size.drawn)}`,
  );
  terminal.line(`  of it ${grouped(size.fees)} are the platform's fees, the rest is the sellers'`);
  printSources(terminal, summary);
  printOutcomes(terminal, summary);
  printSellers(terminal, summary);
  printMatch(terminal, summary);
  printPayouts(terminal, summary);
  printBookings(terminal, summary);
  printChain(terminal, summary);
  printTies(terminal, summary);
  printInvariants(terminal, summary);
}

function printSources(terminal: Terminal, { sources, currency }: Summary): void {
  terminal.heading('Drawn by funding source, against its mandate');
  const kinds = [...new Set(sources.flatMap(({ byKind }) => Object.keys(byKind)))].sort();
  const figures = ({ mandate, drawn, left, byKind }: Source): readonly string[] => {
    return [mandate, drawn, left, ...kinds.map((kind) => byKind[kind] ?? '')];
  };
  const rows = inOrder(sources).map((source) => [source.id, ...figures(source).map(grouped)]);
  const totals = ['', '', '', ...kinds].map((_, column) =>
    sumOf(
      sources.map((source) => figures(source)[column] ?? ''),
      currency,
    ),
  );
  terminal.table(
    [
      { title: 'source', cuttable: true },
      { title: 'mandate', figures: true },
      { title: 'drawn', figures: true },
      { title: 'left', figures: true, spare: 2 },
      ...kinds.map((kind) => {
        return { title: kind.replace('-', '\n'), figures: true, spare: 1 } as const;
      }),
    ],
    [...rows, ['all together', ...totals]],
  );
}

type Source = Summary['sources'][number];

/** The sources that a marketplace has of its own, after those of the brands. */
const ownSources = ['match-fund', 'platform-budget', 'bank-line'] as const;

function isOwn(id: string): boolean {
  return (ownSources as readonly string[]).includes(id);
}

/** Brands by number, then the other brands together, then our own in the order they are asked. */
function inOrder(sources: readonly Source[]): readonly Source[] {
  const place = ({ id }: Source): number => {
    const own = (ownSources as readonly string[]).indexOf(id);
    if (own !== -1) return own + 2;
    return id.startsWith('brand-') ? 0 : 1;
  };
  return sources.toSorted(
    (left, right) =>
      place(left) - place(right) || left.id.localeCompare(right.id, 'en', { numeric: true }),
  );
}

function printOutcomes(terminal: Terminal, { outcomes }: Summary): void {
  terminal.heading('Outcomes by reason');
  terminal.table(
    [
      { title: 'outcome' },
      { title: 'reason', cuttable: true },
      { title: 'redemptions', figures: true },
      { title: 'discounts', figures: true },
      { title: 'subsidy', figures: true },
      { title: 'fee', figures: true },
    ],
    outcomes.map(({ status, reason, count, discount, subsidy, fee }) => [
      status,
      reason ?? '',
      ...[count, discount, subsidy, fee].map(grouped),
    ]),
  );
  if (outcomes.some(({ status }) => status !== 'paid')) {
    terminal.line('  The subsidy of what was not paid is what was asked for and not drawn.');
  }
}

function printSellers(terminal: Terminal, { topSellers, currency }: Summary): void {
  terminal.heading('The ten largest sellers, and who funded them');
  terminal.table(
    [
      { title: 'seller', cuttable: true },
      { title: 'redemptions', figures: true },
      { title: 'subsidy', figures: true },
      ...ownSources.map((id) => {
        return { title: id.replace('-', '\n'), figures: true } as const;
      }),
      { title: 'brands', figures: true },
      { title: 'the largest of them', spare: 1 },
    ],
    topSellers.map(({ seller, redemptions, subsidy, fundedBy }) => {
      const brands = Object.entries(fundedBy).filter(([id]) => !isOwn(id));
      return [
        seller,
        ...[redemptions, subsidy].map(grouped),
        ...ownSources.map((id) => grouped(fundedBy[id] ?? '')),
        sumOf(
          brands.map(([, amount]) => amount),
          currency,
        ),
        brands
          .slice(0, 1)
          .map(([id, amount]) => `${id} ${grouped(amount)}`)
          .join(''),
      ];
    }),
  );
}

/** Empty text counts nothing. */
function sumOf(amounts: readonly string[], currency: string): string {
  const minors = amounts
    .filter((amount) => amount !== '')
    .map((amount) => expectAnswer(parseMoney(amount, currency)).minor);
  return showMinor(
    minors.reduce((sum, minor) => sum + minor, 0n),
    currency,
  );
}

function printMatch(terminal: Terminal, { match }: Summary): void {
  terminal.heading('The doubling of coupons: computed by the rule, held against the till');
  const exceptions = counted(match.exceptions.length, 'exception');
  terminal.line(
    `  ${grouped(match.asComputed)} of ${counted(match.couponLines, 'coupon line')} agree to the ` +
      `cent; ${exceptions}${match.exceptions.length === 0 ? '' : ':'}`,
  );
  for (const [reason, n] of Object.entries(match.exceptionsByReason)) {
    terminal.line(`  ${grouped(n).padStart(7)}  ${reason}`);
  }
  if (match.exceptions.length === 0) return;
  terminal.table(
    [
      { title: 'redemption', cuttable: true },
      { title: 'coupon', figures: true },
      { title: 'computed', figures: true },
      { title: 'recorded', figures: true },
      { title: 'reason' },
    ],
    match.exceptions
      .slice(0, shownExceptions)
      .map(({ redemptionId, coupon, computed, recorded, reason }) => [
        redemptionId,
        ...[coupon, computed, recorded].map(grouped),
        reason,
      ]),
  );
  const more = match.exceptions.length - shownExceptions;
  if (more > 0) {
    terminal.line(`  and ${grouped(more)} more: npm start -- --exit --json lists them all`);
  }
}

function printPayouts(terminal: Terminal, { payouts, redistributions, currency }: Summary): void {
  terminal.heading(`Payouts through the sandbox bank, over all pools, in ${currency}`);
  const states = Object.entries(payouts.byState).map(([state, n]) => `${grouped(n)} ${state}`);
  terminal.item(
    '  ',
    `${states.join(', ') || 'none'}; ${grouped(payouts.paid)} paid, ` +
      `${grouped(payouts.onTheWay)} on its way, ${grouped(payouts.owed.total)} owed`,
  );
  terminal.line(
    `  ${payouts.resolvedByQuery} without a clear answer at first, resolved by a query`,
  );
  for (const { payoutId, seller, amount, reason } of payouts.returned) {
    terminal.item(
      '  ',
      `${payoutId} to seller ${seller} came back (${reason ?? 'no reason'}): ${grouped(amount)}`,
    );
  }
  printOwed(terminal, payouts.owed.sellers);
  const moves = redistributions.map(({ from, to, total }) => `${from} to ${to}: ${grouped(total)}`);
  const times = counted(moves.length, 'time');
  terminal.line(
    `  sub-accounts redistributed ${times}${moves.length === 0 ? '' : ', total moved'}`,
  );
  for (let at = 0; at < moves.length; at += 4) {
    terminal.line(`    ${moves.slice(at, at + 4).join('; ')}`);
  }
}

function printOwed(terminal: Terminal, owed: Summary['payouts']['owed']['sellers']): void {
  for (const { seller, amount, held } of owed.slice(0, shownOwed)) {
    const why = held === null ? 'the next run pays it' : `held, because ${held}`;
    terminal.item('  ', `seller ${seller} is owed ${grouped(amount)}: ${why}`);
  }
  const more = owed.length - shownOwed;
  if (more > 0) terminal.line(`  and ${counted(more, 'seller')} more: statement SELLER says why`);
}

function printBookings(terminal: Terminal, { bookings }: Summary): void {
  terminal.heading('Booking batches at the accounting server, over all pools');
  const { sent, refused, waiting } = bookings;
  const all = sent.reduce((sum, { batches }) => sum + batches, 0);
  const entries = sent.reduce((sum, one) => sum + one.entries, 0);
  const transfers = sent.reduce((sum, one) => sum + one.transfers, 0);
  terminal.line(
    `  ${counted(all, 'batch', 'batches')} sent, with ${grouped(entries)} entries that sum ` +
      counted(transfers, 'booking'),
  );
  for (const { trigger, batches, entries: own } of sent) {
    const many = counted(batches, 'batch', 'batches');
    terminal.line(`  ${triggerNames[trigger]}: ${many}, ${grouped(own)} entries`);
  }
  if (waiting > 0) terminal.line(`  ${grouped(waiting)} entries wait to be sent`);
  for (const { batch, rule, reason } of refused) {
    terminal.item('  ', `batch ${batch} of ${rule} was refused: ${reason}`);
  }
}

const triggerNames = {
  period: 'by the period',
  accounts: 'by the number of accounts',
  entries: 'by the number of entries',
} as const;

function printChain(terminal: Terminal, { chain }: Summary): void {
  const { seals, transfers, head } = chain;
  terminal.heading('The hash chain of the ledger');
  terminal.line(`  ${counted(transfers, 'transfer')} in ${counted(seals, 'seal')}, with the head`);
  terminal.line(`  ${head}`);
  terminal.line('  Who keeps it elsewhere can prove later that nothing below it was changed.');
}

function printTies(terminal: Terminal, { ties }: Summary): void {
  terminal.heading('Ties to the outside');
  for (const { what, ours, theirs, holds } of ties) {
    const figures = `${grouped(ours)} ${holds ? '=' : 'is not'} ${grouped(theirs)}`;
    terminal.item(`  ${terminal.verdict(holds)} `, `${what}: ${figures}`);
  }
}

function printInvariants(terminal: Terminal, { invariants }: Summary): void {
  terminal.heading('Invariants');
  for (const invariant of invariants) printInvariant(terminal, invariant);
}

/** One invariant, and what breaks it. */
export function printInvariant(
  terminal: Terminal,
  { id, title, checked, violations, holds }: Summary['invariants'][number],
): void {
  terminal.item(
    `  ${terminal.verdict(holds)} ${id.padEnd(3)} `,
    `${title} (${grouped(checked)} checked)`,
  );
  for (const violation of violations) terminal.item('             ', violation);
}
