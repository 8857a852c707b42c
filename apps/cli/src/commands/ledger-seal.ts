import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { sealEverything } from '../seal-everything.ts';
import { openData } from '../session/open-session.ts';
import { counted } from '../terminal/figures.ts';
import { Terminal } from '../terminal/terminal.ts';

/** Seals what is recorded by now. Gives 1 when transactions under way hold it up. */
export async function sealLedger(config: CliConfig): Promise<number> {
  const terminal = new Terminal(process.stderr);
  const session = await openData(config, terminal);
  try {
    const { seals, transfers, head, complete } = await terminal.step(
      { doing: 'sealing transfers' },
      ({ note }) => sealEverything(session.database, (count) => note(counted(count, 'transfer'))),
    );
    const out = new Terminal();
    out.line(`${counted(transfers, 'transfer')} sealed in ${counted(seals, 'seal')}`);
    out.line(`head ${head.hash} (seal ${head.number})`);
    if (complete) return exitCodes.fine;
    out.line('A transaction under way may still record something: run this again in a while.');
    return exitCodes.broken;
  } finally {
    await session.close();
  }
}
