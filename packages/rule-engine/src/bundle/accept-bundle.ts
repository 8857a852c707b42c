import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { digestOf } from '../language/content-digest.ts';
import { parseRuleSet } from '../language/parse-rule-set.ts';
import type { JsonRecord } from '../language/reader.ts';
import type { RuleSet } from '../language/rule-set.ts';
import { refuseScope } from '../management/refuse-scope.ts';
import type { Terminal } from '../management/terminal.ts';
import type { Bundle, Manifest, TrustedKey } from './manifest.ts';
import { readBundle } from './read-bundle.ts';
import { refuseSignature } from './signature.ts';

/** A bundle that was verified and is in use. */
export interface InstalledBundle {
  readonly manifest: Manifest;
  /** All its rule sets in the stored form, by digest. */
  readonly contents: Readonly<Record<string, JsonRecord>>;
  /** The keys that the next bundle is checked against. */
  readonly keys: readonly TrustedKey[];
}

/** What a bundle is checked against. */
export interface BundleCheck {
  readonly terminal: Terminal;
  /** The keys in force; none: signatures are not looked at. */
  readonly keys: readonly TrustedKey[];
  /** `YYYY-MM-DDTHH:MM:SS` and whatever follows. */
  readonly now: string;
  /** What is installed; null on a new terminal. */
  readonly installed: InstalledBundle | null;
}

/**
 * Verifies a bundle as a whole: nothing of it is used unless all of it is good.
 *
 * @returns the bundle, ready to be stored and used; `installed` itself when it is the very one; or
 *   a refusal: `BUNDLE_UNREADABLE`, `BUNDLE_UNSIGNED`, `BUNDLE_KEY_UNKNOWN`,
 *   `BUNDLE_SIGNATURE_WRONG`, `BUNDLE_FOR_OTHER_TERMINAL`, `BUNDLE_EXPIRED`,
 *   `BUNDLE_VERSION_LOWERED`, `BUNDLE_VERSION_REUSED`, `BUNDLE_CONTENT_ALTERED`,
 *   `BUNDLE_CONTENT_MISSING` (a delta to something else: fetch the whole), `BUNDLE_SET_INVALID`.
 */
export function acceptBundle(text: string, check: BundleCheck): InstalledBundle | Refusal {
  const bundle = readBundle(text);
  if (isRefusal(bundle)) return bundle;
  const refusal =
    refuseSignature(bundle, check.keys) ??
    refuseTerminal(bundle, check.terminal) ??
    refuseExpired(bundle, check.now) ??
    refuseVersion(bundle, check.installed);
  if (refusal !== null) return refusal;
  const { manifest } = bundle;
  if (check.installed?.manifest.version === manifest.version) return check.installed;
  const contents = contentsOf(bundle, check.installed);
  if (isRefusal(contents)) return contents;
  const invalid = refuseSets(Object.values(contents), check);
  return invalid ?? { manifest, contents, keys: manifest.keys ?? check.keys };
}

function refuseTerminal({ manifest }: Bundle, { deviceId, userId }: Terminal): Refusal | null {
  const { terminal } = manifest;
  if (terminal.deviceId === deviceId && terminal.userId === (userId ?? null)) return null;
  const user = terminal.userId === null ? '' : ` and user "${terminal.userId}"`;
  const whose = `device "${terminal.deviceId}"${user}`;
  const message = `the bundle is for ${whose}, not for this terminal: send it where it belongs`;
  return refuse('BUNDLE_FOR_OTHER_TERMINAL', message, { deviceId, userId: userId ?? null });
}

function refuseExpired({ manifest: { version, expiresAt } }: Bundle, now: string): Refusal | null {
  if (now.slice(0, 19) < expiresAt.slice(0, 19)) return null;
  const message = `bundle v${version} expired at ${expiresAt}: publish a newer one`;
  return refuse('BUNDLE_EXPIRED', message, { version, expiresAt });
}

function refuseVersion({ manifest }: Bundle, installed: InstalledBundle | null): Refusal | null {
  if (installed === null) return null;
  const { version } = manifest;
  const installedVersion = installed.manifest.version;
  const details = { version, installedVersion };
  if (version < installedVersion) {
    const message = `bundle v${version} is older than v${installedVersion}, which is in use`;
    return refuse('BUNDLE_VERSION_LOWERED', `${message}: publish a higher version`, details);
  }
  const isOther = digestOf(manifest) !== digestOf(installed.manifest);
  if (version > installedVersion || !isOther) return null;
  const message = `bundle v${version} came before with other content: publish a higher version`;
  return refuse('BUNDLE_VERSION_REUSED', message, details);
}

function contentsOf(
  { manifest, contents }: Bundle,
  installed: InstalledBundle | null,
): InstalledBundle['contents'] | Refusal {
  const { version, sets } = manifest;
  const altered = Object.entries(contents).find(
    ([digest, content]) => !sets.includes(digest) || digestOf(content) !== digest,
  );
  if (altered !== undefined) {
    const message = `content ${altered[0]} of bundle v${version} is not what the manifest names`;
    return refuse('BUNDLE_CONTENT_ALTERED', message, { version, digest: altered[0] });
  }
  const all = new Map<string, JsonRecord>();
  for (const digest of sets) {
    const content = contents[digest] ?? installed?.contents[digest];
    if (content === undefined) {
      const message = `bundle v${version} needs content ${digest}, not here: fetch it whole`;
      return refuse('BUNDLE_CONTENT_MISSING', message, { version, digest });
    }
    all.set(digest, content);
  }
  return Object.fromEntries(all);
}

/** Sets are checked before they are stored: a terminal never has half a bundle. */
function refuseSets(
  contents: readonly JsonRecord[],
  { terminal, installed }: BundleCheck,
): Refusal | null {
  const before = new Map(Object.values(installed?.contents ?? {}).map((set) => [set['id'], set]));
  const seen = new Set<string>();
  for (const content of contents) {
    const set = parseRuleSet(content);
    if (isRefusal(set)) return invalid(set.message);
    const scope = refuseScope(set, terminal);
    if (scope !== null) return invalid(scope.message);
    if (seen.has(set.id)) return invalid(`rule set "${set.id}" stands in it twice`);
    seen.add(set.id);
    const lowered = loweredVersion(set, content, before.get(set.id));
    if (lowered !== null) return invalid(lowered);
  }
  return null;
}

function loweredVersion(
  { id, version }: RuleSet,
  content: JsonRecord,
  before: JsonRecord | undefined,
): string | null {
  const last = before?.['version'];
  if (typeof last !== 'number' || version > last) return null;
  if (version < last) return `rule set "${id}" v${version} is older than v${last}, which is in use`;
  if (digestOf(content) === digestOf(before)) return null;
  return `rule set "${id}" v${version} came before with other content`;
}

function invalid(message: string): Refusal {
  return refuse('BUNDLE_SET_INVALID', `the bundle is not taken: ${message}`);
}
