import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/**
 * The folder for downloads that every clone shares: `SLUICE_CACHE`, or `sluice` inside
 * `XDG_CACHE_HOME`, or `~/.cache/sluice`.
 */
export function cacheDir(env: Environment): string {
  if (env['SLUICE_CACHE']) return resolve(env['SLUICE_CACHE']);
  const base = env['XDG_CACHE_HOME'] ?? '';
  // The XDG specification: a relative path is to be ignored.
  return join(base.startsWith('/') ? base : join(homedir(), '.cache'), 'sluice');
}
