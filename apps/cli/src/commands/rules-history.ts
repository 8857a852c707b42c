import { refuse, UnexpectedRefusalError } from '@sluice/money';
import { listRuleSetVersions, readVersionsInForce } from '@sluice/rulebook';
import type { CliConfig } from '../config.ts';
import { exitCodes } from '../exit-codes.ts';
import { openData } from '../session/open-session.ts';
import { Terminal } from '../terminal/terminal.ts';

const shownDigits = 12;

/** Lists all published versions of a rule set, the newest, which is in force, first. */
export async function showHistory(
  config: CliConfig,
  setId: string,
  { json }: { readonly json: boolean },
): Promise<number> {
  const terminal = new Terminal(json ? process.stderr : process.stdout);
  const session = await openData(config, terminal);
  try {
    const versions = await listRuleSetVersions(session.database, setId);
    if (versions.length === 0) {
      const known = await readVersionsInForce(session.database);
      throw unknown(
        setId,
        known.map((name) => name.setId),
      );
    }
    terminal.heading(`Versions of rule set ${setId}`);
    terminal.table(
      [
        { title: 'version', figures: true },
        { title: '' },
        { title: 'published' },
        { title: 'by', cuttable: true },
        { title: 'content', spare: 1 },
      ],
      versions.map(({ version, publishedAt, publishedBy, digest }, index) => [
        ...[`v${version}`, index === 0 ? 'in force' : '', publishedAt, publishedBy],
        digest.slice(0, shownDigits),
      ]),
    );
    if (json) {
      const rows = versions.map(({ content: _content, ...version }) => version);
      process.stdout.write(`${JSON.stringify({ setId, versions: rows })}\n`);
    }
    return exitCodes.fine;
  } finally {
    await session.close();
  }
}

function unknown(setId: string, known: readonly string[]): UnexpectedRefusalError {
  const there = known.length === 0 ? 'none yet, npm start publishes one' : known.join(', ');
  const message = `no rule set "${setId}" was published: there is ${there}`;
  return new UnexpectedRefusalError(refuse('RULE_SET_UNKNOWN', message, { setId, known }));
}
