import type { Terminal } from '../management/terminal.ts';
import type { BundleFeed } from './bundle-source.ts';

/** The part of `fetch` that is used; the platform's own fits. */
export type Fetch = (
  url: string,
  init: { readonly headers: Readonly<Record<string, string>> },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** Where bundles are fetched by HTTP. */
export interface HttpFeedParts {
  /** The platform's `fetch`, with a time-out of the caller's choice. */
  readonly fetch: Fetch;
  readonly urlOf: (terminal: Terminal) => string;
}

/** Fetches bundles by HTTP: nothing when the ETag still holds, a delta where the server has one. */
export function httpFeed({ fetch, urlOf }: HttpFeedParts): BundleFeed {
  return {
    async fetchBundle(terminal, have) {
      const url = new URL(urlOf(terminal));
      if (have?.wantsDelta === true) url.searchParams.set('base', have.digest);
      const headers = have === null ? {} : { 'if-none-match': `"${have.digest}"` };
      const response = await fetch(url.href, { headers });
      if (response.status === 304) return null;
      if (response.status === 200) return response.text();
      throw new Error(`${url.host} answered ${response.status}`);
    },
  };
}
