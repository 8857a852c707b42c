import type { CliffReport } from '@sluice/billing';
import type { Money } from '@sluice/money';
import { counted, showMinor } from '../terminal/figures.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Shows where one more cent of input lowers the payee's income. */
export function printCliffs(terminal: Terminal, along: string, report: CliffReport): void {
  const show = ({ minor, currency }: Money): string => showMinor(minor, currency);
  terminal.heading(`${counted(report.count, 'cliff')} of the draft along ${along}`);
  if (report.unpriced > 0) {
    terminal.line(`  ${counted(report.unpriced, 'bound')} without a price were not looked at`);
  }
  if (report.count === 0) return;
  terminal.table(
    [
      { title: 'from', figures: true },
      { title: 'where', cuttable: true },
      { title: 'income before', figures: true },
      { title: 'after', figures: true },
      { title: 'drop', figures: true },
    ],
    report.cliffs.map(({ at, intervals, before, after, drop }) => [
      show(at),
      intervals.map(({ label }) => label).join(', '),
      ...[before, after, drop].map(show),
    ]),
  );
}
