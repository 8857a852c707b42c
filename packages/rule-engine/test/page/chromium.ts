import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is, or why there is none. */
export type Chromium = { readonly path: string } | { readonly missing: string };

/** Finds Chromium; where it is missing and the system's packages may be installed, installs it. */
export function findChromium(): Chromium {
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return { path: found };
  if (process.getuid?.() !== 0) return { missing: 'Chromium is not installed, and only root may' };
  try {
    const args = ['install', '--yes', '--no-install-recommends', 'chromium'];
    execFileSync('apt-get', args, { stdio: 'ignore', timeout: 240_000 });
  } catch (error) {
    return { missing: `Chromium is not installed and could not be: ${String(error)}` };
  }
  const installed = places.find((place) => existsSync(place));
  return installed === undefined
    ? { missing: 'Chromium was installed to a place that is not known' }
    : { path: installed };
}
