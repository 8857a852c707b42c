/** What a funding source's money may be used for. */
export interface Purpose {
  /** The kind of a draw's component: `coupon`, `match`, `loyalty`, `handling-fee`. */
  readonly kind: string;
  /** Exactly this brand; absent means every brand that no source names for this kind, and none. */
  readonly brand?: string;
}

/** A ledger account that provides money, within its capacity and for its purposes only. */
export interface FundingSource {
  /** `brand-1208`, `other-brands`, `match-fund`, `platform-budget`, `bank-line` */
  readonly id: string;
  /** Code of the ledger account that the money is called from. */
  readonly account: string;
  /** The most it provides to one pool, in minor units. */
  readonly capacityMinor: bigint;
  /** Lower numbers are drawn first. */
  readonly priority: number;
  /** `YYYY-MM-DD`: of two with one priority, the money that lapses earlier goes first. */
  readonly expiresOn: string | null;
  readonly serves: readonly Purpose[];
}

/**
 * The order of the waterfall: priority, then expiry (money that never lapses last), then id. It
 * depends on nothing else, so the same draw always meets the same sources in the same order.
 */
export function compareForWaterfall(left: FundingSource, right: FundingSource): number {
  return (
    left.priority - right.priority ||
    compareText(left.expiresOn ?? never, right.expiresOn ?? never) ||
    compareText(left.id, right.id)
  );
}

/** Sorts after every date. */
const never = '~';

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/**
 * The sources whose money may be used for a kind and a brand, in the order given. Sources that
 * name the brand are the only ones for it: a brand's coupons never fall to the common money.
 */
export function sourcesFor<Entry extends { readonly source: FundingSource }>(
  entries: readonly Entry[],
  kind: string,
  brand: string | null,
): readonly Entry[] {
  const serving = (wanted: string | undefined): readonly Entry[] =>
    entries.filter(({ source }) =>
      source.serves.some((purpose) => purpose.kind === kind && purpose.brand === wanted),
    );
  const named = brand === null ? [] : serving(brand);
  return named.length > 0 ? named : serving(undefined);
}
