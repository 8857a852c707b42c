import { digestOf } from '../language/content-digest.ts';
import type { Bundle, Manifest } from './manifest.ts';
import { bundleText, deltaFrom } from './publish-bundle.ts';

/** What a terminal asks: headers and parameters of its GET. */
export interface BundleRequest {
  /** `If-None-Match`. */
  readonly ifNoneMatch: string | null;
  /** `?base=`: the digest of the manifest that the terminal has. */
  readonly base: string | null;
}

/** What to answer. */
export interface BundleResponse {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The ETag of a bundle: its manifest names everything in it. */
export function etagOf(manifest: Manifest): string {
  return `"${digestOf(manifest)}"`;
}

/**
 * Answers the request for a terminal's bundle, for any HTTP server: 304 when it is the one the
 * terminal has, a delta when its base is known, else the whole.
 */
export function answerBundleRequest(
  current: Bundle,
  earlier: readonly Manifest[],
  { ifNoneMatch, base }: BundleRequest,
): BundleResponse {
  const etag = etagOf(current.manifest);
  const headers = { etag, 'content-type': 'application/json', 'cache-control': 'no-cache' };
  if (ifNoneMatch === etag) return { status: 304, headers, body: '' };
  const known = base === null ? undefined : earlier.find((one) => digestOf(one) === base);
  const bundle = known === undefined ? current : deltaFrom(current, known);
  return { status: 200, headers, body: bundleText(bundle) };
}
