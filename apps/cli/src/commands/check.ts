import { checkEverything } from '../check-everything.ts';
import type { CliConfig } from '../config.ts';
import { openData } from '../session/open-session.ts';
import { Terminal } from '../terminal.ts';

/** Checks every invariant over what is stored. Gives 1 when one is broken. */
export async function check(
  config: CliConfig,
  options: { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal();
  const session = await openData(config);
  try {
    const invariants = await checkEverything(session.database, null);
    const broken = invariants.filter(({ holds }) => !holds);
    if (options.json) {
      terminal.line(JSON.stringify({ invariants }));
    } else {
      for (const { id, title, checked, violations, holds } of invariants) {
        terminal.line(
          `${holds ? 'holds ' : 'BROKEN'} ${id.padEnd(3)} ${title} (${checked} checked)`,
        );
        for (const violation of violations) terminal.line(`       ${violation}`);
      }
      terminal.line(broken.length === 0 ? 'All invariants hold.' : `${broken.length} broken.`);
    }
    return broken.length === 0 ? 0 : 1;
  } finally {
    await session.close();
  }
}
