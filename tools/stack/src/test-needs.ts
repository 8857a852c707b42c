import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import type { ServerName } from './servers.ts';

interface Manifest {
  readonly nx?: { readonly tags?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * The servers that a project's tests need: PostgreSQL for whoever uses `@sluice/database` or `pg`,
 * Temporal for whoever uses a `@temporalio` package, none for a pure package.
 */
export function serversFor(projectDir: string): readonly ServerName[] {
  const manifest = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')) as Manifest;
  if (manifest.nx?.tags?.includes('type:pure') === true) return [];
  const names = Object.keys(manifest.dependencies ?? {});
  const postgres = names.some((name) => name === '@sluice/database' || name === 'pg');
  const temporal = names.some((name) => name.startsWith('@temporalio/'));
  return [
    ...(postgres ? (['postgres'] as const) : []),
    ...(temporal ? (['temporal'] as const) : []),
  ];
}

/** Leaves out those that the environment already names, as a run over all projects does. */
export function notYetNamed(
  wanted: readonly ServerName[],
  env: Environment,
): readonly ServerName[] {
  const variable = {
    postgres: 'SLUICE_TEST_DATABASE_URL',
    temporal: 'SLUICE_TEST_TEMPORAL_ADDRESS',
  } as const;
  return wanted.filter((name) => !env[variable[name]]);
}
