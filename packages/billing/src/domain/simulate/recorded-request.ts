import type { PricingRequest } from '../pricing.ts';

/** A request that was priced once, to be priced again. */
export interface RecordedRequest {
  readonly id: string;
  /** The business day on which it counted, `YYYY-MM-DD`. */
  readonly on: string;
  /** Who is paid, for sums by payee; null where nobody says. */
  readonly payee: string | null;
  readonly request: PricingRequest;
}
