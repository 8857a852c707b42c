import { readFileSync } from 'node:fs';

/**
 * What the main job should have paid for a line, reckoned from the file with nothing but whole
 * cents: no rule engine, no tariffs, no pool. It says again, in plain words, what the configuration
 * in `config/` says.
 */
export interface Reckoned {
  readonly id: string;
  readonly seller: string;
  readonly brand: string;
  readonly coupon: bigint;
  readonly match: bigint;
  /** What the till recorded as match. */
  readonly recordedMatch: bigint;
  /** Coupon and match whole, a handling fee for each coupon, a share of the price cut. */
  readonly subsidy: bigint;
  /** What the platform keeps of it. */
  readonly fee: bigint;
}

/** Reckons every line of a redemption CSV. */
export function reckon(csvPath: string): readonly Reckoned[] {
  const [header = '', ...lines] = readFileSync(csvPath, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    const field = (name: string): string => fields[names.indexOf(name)] ?? '';
    const [coupon, cut] = [cents(field('coupon_value')), cents(field('loyalty_discount'))];
    const match = matchOf(coupon, Number(field('quantity')));
    const share = shareOf(cut);
    return {
      id: field('redemption_id'),
      seller: field('seller_id'),
      brand: field('brand_id'),
      coupon,
      match,
      recordedMatch: cents(field('recorded_match')),
      subsidy: coupon + match + handlingOf(coupon) + share,
      fee: keptOf(coupon) + keptOf(match) + keptOf(share),
    };
  });
}

/** `12.30` is 1230 cents. */
export function cents(amount: string): bigint {
  if (!/^\d+\.\d\d$/.test(amount)) throw new Error(`"${amount}" is not an amount in cents`);
  return BigInt(amount.replace('.', ''));
}

/** A coupon is doubled, but never past 1.00, and only when something was bought. */
function matchOf(coupon: bigint, quantity: number): bigint {
  if (quantity === 0 || coupon === 0n || coupon >= 100n) return 0n;
  return coupon < 50n ? coupon : 100n - coupon;
}

/** Handling a coupon earns the seller 0.08, and 0.12 from a face value of 5.00 on. */
function handlingOf(coupon: bigint): bigint {
  if (coupon === 0n) return 0n;
  return coupon < 500n ? 8n : 12n;
}

/** The seller gets back 60 % of a price cut below 1.00, half of one below 5.00, else 40 %. */
function shareOf(cut: bigint): bigint {
  if (cut < 100n) return percent(cut, 60n);
  return cut < 500n ? percent(cut, 50n) : percent(cut, 40n);
}

/** The platform keeps 1 % of what is paid back of a discount: 1.00 at most, never over a tenth. */
function keptOf(subsidy: bigint): bigint {
  const fee = percent(subsidy, 1n);
  const most = subsidy / 10n < 100n ? subsidy / 10n : 100n;
  return fee < most ? fee : most;
}

/** Rounded to the cent; halves to the even one. */
function percent(amount: bigint, rate: bigint): bigint {
  const [whole, rest] = [(amount * rate) / 100n, (amount * rate) % 100n];
  const up = rest > 50n || (rest === 50n && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}
