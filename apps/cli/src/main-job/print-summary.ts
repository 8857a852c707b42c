import colors from 'picocolors';
import type { Terminal } from '../terminal.ts';
import type { Summary } from './summary.ts';

/** How many match exceptions are listed; all of them are in the JSON summary. */
const shownExceptions = 12;

/** Tells a finance person what the main job did. */
export function printSummary(terminal: Terminal, summary: Summary): void {
  const { lines, size, currency } = summary;
  terminal.heading(`Pool ${summary.pool}, in ${currency}`);
  terminal.line(
    `  ${count(lines.till)} till lines, ${count(lines.discounted)} with a discount: ` +
      `${count(lines.accepted)} accepted, ${count(lines.refused)} refused, ${count(lines.parked)} parked`,
  );
  terminal.line(`  size ${size.size} (expected ${size.expected}), drawn ${size.drawn}`);
  printSources(terminal, summary);
  printOutcomes(terminal, summary);
  printSellers(terminal, summary);
  printMatch(terminal, summary);
  printPayouts(terminal, summary);
  printTies(terminal, summary);
  printInvariants(terminal, summary);
}

function printSources(terminal: Terminal, { sources }: Summary): void {
  terminal.heading('Drawn by funding source, against its mandate');
  const kinds = [...new Set(sources.flatMap(({ byKind }) => Object.keys(byKind)))].sort();
  terminal.table(
    ['source', 'mandate', 'drawn', 'left', ...kinds],
    sources.map(({ id, mandate, drawn, left, byKind }) => [
      id,
      mandate,
      drawn,
      left,
      ...kinds.map((kind) => byKind[kind] ?? ''),
    ]),
    [1, 2, 3, ...kinds.map((_, index) => index + 4)],
  );
}

function printOutcomes(terminal: Terminal, { outcomes }: Summary): void {
  terminal.heading('Outcomes by reason');
  terminal.table(
    ['outcome', 'reason', 'redemptions', 'discounts', 'subsidy'],
    outcomes.map(({ status, reason, count: n, discount, subsidy }) => [
      status,
      reason ?? '',
      count(n),
      discount,
      subsidy,
    ]),
    [2, 3, 4],
  );
}

function printSellers(terminal: Terminal, { topSellers }: Summary): void {
  terminal.heading('The ten largest sellers, and who funded them');
  terminal.table(
    ['seller', 'redemptions', 'subsidy', 'funded by'],
    topSellers.map(({ seller, redemptions, subsidy, fundedBy }) => [
      seller,
      count(redemptions),
      subsidy,
      mostly(Object.entries(fundedBy)),
    ]),
    [1, 2],
  );
}

function mostly(entries: readonly (readonly [string, string])[]): string {
  const shown = entries.slice(0, 3).map(([source, amount]) => `${source} ${amount}`);
  const rest = entries.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

function printMatch(terminal: Terminal, { match }: Summary): void {
  terminal.heading('The doubling of coupons: computed by the rule, held against the till');
  terminal.line(
    `  ${count(match.asComputed)} of ${count(match.couponLines)} coupon lines agree to the cent; ` +
      `${count(match.exceptions.length)} exceptions:`,
  );
  for (const [reason, n] of Object.entries(match.exceptionsByReason)) {
    terminal.line(`    ${count(n).padStart(5)}  ${reason}`);
  }
  if (match.exceptions.length === 0) return;
  terminal.table(
    ['redemption', 'coupon', 'computed', 'recorded', 'reason'],
    match.exceptions
      .slice(0, shownExceptions)
      .map(({ redemptionId, coupon, computed, recorded, reason }) => [
        redemptionId,
        coupon,
        computed,
        recorded,
        reason,
      ]),
    [1, 2, 3],
  );
  const more = match.exceptions.length - shownExceptions;
  if (more > 0) terminal.line(`  and ${more} more: npm start -- --exit --json lists them all`);
}

function printPayouts(terminal: Terminal, { payouts, redistributions }: Summary): void {
  terminal.heading('Payouts through the sandbox bank');
  const states = Object.entries(payouts.byState).map(([state, n]) => `${count(n)} ${state}`);
  terminal.line(`  ${states.join(', ')}; ${payouts.paid} paid`);
  terminal.line(
    `  ${payouts.resolvedByQuery} without a clear answer at first, resolved by a query`,
  );
  for (const { payoutId, reason } of payouts.returned) {
    terminal.line(`  ${payoutId} came back (${reason ?? 'no reason'}): owed again, held`);
  }
  const moves = redistributions.map(({ from, to, total }) => `${from} to ${to} with ${total}`);
  terminal.line(
    `  sub-accounts redistributed ${moves.length} times: ${moves.join(', ') || 'never'}`,
  );
}

function printTies(terminal: Terminal, { ties }: Summary): void {
  terminal.heading('Ties to the outside');
  for (const { what, ours, theirs, holds } of ties) {
    terminal.line(`  ${mark(holds)} ${what}: ${ours} = ${theirs}`);
  }
}

function printInvariants(terminal: Terminal, { invariants }: Summary): void {
  terminal.heading('Invariants');
  for (const { id, title, checked, violations, holds } of invariants) {
    terminal.line(`  ${mark(holds)} ${id.padEnd(3)} ${title} (${count(checked)} checked)`);
    for (const violation of violations) terminal.line(`       ${violation}`);
  }
}

function mark(holds: boolean): string {
  return holds ? colors.green('holds ') : colors.red('BROKEN');
}

function count(n: number): string {
  return n.toLocaleString('en');
}
