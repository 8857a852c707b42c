/**
 * How a cell prices: one member per rate model, told apart by `kind`. A new model is a member
 * here, a file beside this one, and its line in `rate-models.ts`.
 */
export type TariffRate = ProportionRate | FlatRate;

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
