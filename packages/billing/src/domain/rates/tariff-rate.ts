import type { RateUnits } from './rate-units.ts';

/**
 * How a cell prices: one member per rate model, told apart by `kind`. A new model is a member
 * here, a file beside this one, and its line in `rate-models.ts` and `read-rate.ts`.
 */
export type TariffRate =
  | ProportionRate
  | FlatRate
  | PerUnitRate
  | PackageRate
  | GraduatedRate
  | VolumeRate
  | GreaterOfRate
  | LimitedRate;

/** A proportion of the basis, rounded by the tariff's policy. */
export interface ProportionRate {
  readonly kind: 'proportion';
  /** Exact decimal, not negative: `0.4` is 40 %. */
  readonly proportion: string;
}

/** The same amount whatever the basis; taken as written, never rounded. */
export interface FlatRate {
  readonly kind: 'flat';
  /** In the tariff's currency, not negative: `0.08`. */
  readonly amount: string;
}

/** A price for each unit; the price may be finer than the currency. */
export interface PerUnitRate {
  readonly kind: 'per-unit';
  readonly price: string;
  readonly units: RateUnits;
}

/** A price for each package of so many units. */
export interface PackageRate {
  readonly kind: 'package';
  readonly price: string;
  /** Units in a package, above zero. */
  readonly size: string;
  /** Whether a package that is only begun is charged whole, or not at all. */
  readonly started: 'charged' | 'free';
  readonly units: RateUnits;
}

/** One tier of a tiered rate; it begins where the one before ends. */
export interface RateTier {
  /** In units, or an amount of the basis; null has no end. */
  readonly to: string | null;
  /** Whether `to` itself still belongs to this tier. */
  readonly toIncluded: boolean;
  /** Amount due once for the tier. */
  readonly flat: string;
  /** Price of a unit; where the basis is tiered, the proportion of it. */
  readonly price: string;
}

/** What tiered rates have in common; each setting is one that billing systems differ in. */
export interface TieredRate {
  /** What the tiers lie on; null tiers the basis. */
  readonly units: RateUnits | null;
  readonly tiers: readonly RateTier[];
  /** What is due at zero units: the first tier's flat amount, or nothing. */
  readonly zero: 'first-flat' | 'nothing';
  /** Above a last tier that ends: priced as that tier, or refused. Null where it has no end. */
  readonly above: 'last-tier' | 'refuse' | null;
  /** Whether units priced earlier in the period fill the tiers before those of the request. */
  readonly earlier: 'ignored' | 'counted';
}

/** Each part of the quantity at the price of the tier that the part lies in. */
export interface GraduatedRate extends TieredRate {
  readonly kind: 'graduated';
  /** A tier's flat amount is due once a part lies in it, or already when its start is reached. */
  readonly flatDue: 'entered' | 'reached';
}

/** The whole quantity at the price of the tier that it ends in. */
export interface VolumeRate extends TieredRate {
  readonly kind: 'volume';
}

/** The dearest of several rates; of equals the first. */
export interface GreaterOfRate {
  readonly kind: 'greater-of';
  readonly rates: readonly TariffRate[];
}

/** A rate within limits: raised to the minimum, then lowered to the maximum, then to the cap. */
export interface LimitedRate {
  readonly kind: 'limited';
  readonly rate: TariffRate;
  readonly minimum: string | null;
  readonly maximum: string | null;
  /** The most, as a proportion of the basis. */
  readonly cap: string | null;
}
