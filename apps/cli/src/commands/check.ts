import { checkEverything } from '../check-everything.ts';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { printInvariant } from '../main-job/print-summary.ts';
import { openData } from '../session/open-session.ts';
import { findSession } from '../session/session-file.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

/** Checks every invariant over what is stored, and at the bank. Gives 1 when one is broken. */
export async function check(
  config: CliConfig,
  options: { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(options.json ? process.stderr : process.stdout);
  const session = await openData(config, terminal);
  try {
    const running = await findSession(config.SLUICE_STATE_DIR);
    const { bankUrl, accountingUrl } = running ?? { bankUrl: null, accountingUrl: null };
    const invariants = await terminal.step({ doing: 'checking the invariants' }, () =>
      checkEverything(session.database, bankUrl, accountingUrl),
    );
    const broken = invariants.filter(({ holds }) => !holds);
    for (const invariant of invariants) printInvariant(terminal, invariant);
    if (broken.some(({ violations }) => violations.some((one) => one.includes(' is waiting')))) {
      terminal.line('  What is waiting is under way, or goes on at the next npm start.');
    }
    if (bankUrl === null) {
      terminal.line(
        '  The sandbox bank and the accounting server are not running (npm start runs them): ' +
          'they ' +
          'were not asked.',
      );
    }
    terminal.line(
      broken.length === 0
        ? 'All invariants hold.'
        : `${counted(broken.length, 'invariant')} broken.`,
    );
    const asked = bankUrl !== null;
    if (options.json) process.stdout.write(`${JSON.stringify({ bankAsked: asked, invariants })}\n`);
    return broken.length === 0 ? exitCodes.fine : exitCodes.broken;
  } finally {
    await session.close();
  }
}
