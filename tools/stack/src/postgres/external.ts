import pg from 'pg';
import { errorMessage } from '../error-message.ts';
import { StackError } from '../stack-error.ts';

const oldest = 15;
const expected =
  `Expected: postgres://USER:PASSWORD@HOST:PORT/DATABASE of a PostgreSQL ${oldest} or newer ` +
  'whose user may create roles and schemas. Without DATABASE_URL a PostgreSQL is started here.';

/** The URL as a message may show it. */
export function maskPassword(url: string): string {
  return url.replace(/:(?!\/\/).*@/, ':***@').replace(/([?&]password=)[^&]*/, '$1***');
}

function checkForm(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'postgres:' || protocol === 'postgresql:') return;
  throw new StackError(
    'DATABASE_URL_MALFORMED',
    `DATABASE_URL: "${maskPassword(url)}" is not the URL of a PostgreSQL.`,
    expected,
  );
}

async function serverVersion(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // The query that fails says so itself.
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    return Math.floor((rows[0]?.version ?? 0) / 10_000);
  } finally {
    await client.end();
  }
}

/** Checks that the PostgreSQL that DATABASE_URL names answers and is new enough. */
export async function checkExternalPostgres(url: string): Promise<void> {
  checkForm(url);
  let version: number;
  try {
    version = await serverVersion(url);
  } catch (error) {
    throw new StackError(
      'DATABASE_UNREACHABLE',
      `DATABASE_URL: no PostgreSQL answers at ${maskPassword(url)} (${errorMessage(error)}).`,
      expected,
      error,
    );
  }
  if (version >= oldest) return;
  throw new StackError(
    'DATABASE_TOO_OLD',
    `DATABASE_URL: ${maskPassword(url)} is PostgreSQL ${version}.`,
    expected,
  );
}
