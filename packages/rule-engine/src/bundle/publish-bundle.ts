import { canonicalJson } from '../language/canonical-json.ts';
import { digestOf } from '../language/content-digest.ts';
import type { RuleSet } from '../language/rule-set.ts';
import { ruleSetToJson } from '../language/stored-form.ts';
import type { Terminal } from '../management/terminal.ts';
import type { Bundle, Manifest, TrustedKey } from './manifest.ts';
import { signManifest, type SigningKey } from './signature.ts';

/** What a publisher puts into a bundle. */
export interface BundleParts {
  readonly terminal: Terminal;
  /** Higher than any before for this terminal. */
  readonly version: number;
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly expiresAt: string;
  readonly ruleSets: readonly RuleSet[];
  /** To rotate keys: the keys that are trusted from this bundle on. */
  readonly keys?: readonly TrustedKey[];
}

/** Makes and signs a bundle with all its contents. Several signatures help while keys rotate. */
export function publishBundle(parts: BundleParts, signers: readonly SigningKey[]): Bundle {
  const contents = parts.ruleSets.map((set) => {
    const content = ruleSetToJson(set);
    return [digestOf(content), content] as const;
  });
  const { deviceId, userId } = parts.terminal;
  const manifest: Manifest = {
    format: 'sluice-rule-bundle-1',
    terminal: { deviceId, userId: userId ?? null },
    version: parts.version,
    expiresAt: parts.expiresAt,
    sets: contents.map(([digest]) => digest),
    ...(parts.keys === undefined ? {} : { keys: parts.keys }),
  };
  const signatures = signers.map((signer) => signManifest(manifest, signer));
  return { manifest, signatures, contents: Object.fromEntries(contents) };
}

/** The bundle as it is sent. */
export function bundleText(bundle: Bundle): string {
  return canonicalJson(bundle);
}

/**
 * The bundle without the contents that an earlier one brought already. The manifest and its
 * signatures stay as they are, so a delta is trusted no more and no less than the whole.
 */
export function deltaFrom(bundle: Bundle, base: Manifest): Bundle {
  const contents = Object.entries(bundle.contents).filter(
    ([digest]) => !base.sets.includes(digest),
  );
  return { ...bundle, contents: Object.fromEntries(contents) };
}

/**
 * A rule set again under a new, higher version: how a publisher goes back at once, since no
 * terminal takes a lower one.
 */
export function republish(ruleSet: RuleSet, version: number): RuleSet {
  if (version > ruleSet.version) return Object.freeze({ ...ruleSet, version });
  throw new RangeError(`v${version} is not above v${ruleSet.version} of rule set ${ruleSet.id}`);
}
