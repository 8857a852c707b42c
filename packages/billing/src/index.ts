export { compileTariff, type CompiledTariff } from './domain/compile-tariff.ts';
export {
  joinTariff,
  splitTariff,
  type DefinitionEntity,
  type MainEntity,
  type OrderEntity,
  type RateEntity,
  type TariffEntities,
} from './domain/entities.ts';
export { parseTariff } from './domain/parse-tariff.ts';
export type {
  BillingElements,
  ElementValue,
  IntervalHit,
  PricingRequest,
  Quantity,
  Quote,
  QuoteLine,
  TariffCell,
} from './domain/pricing.ts';
export { lookUpCell, quote } from './domain/quote.ts';
export type { FlatRate, ProportionRate, TariffRate } from './domain/rates/tariff-rate.ts';
export type {
  CellRate,
  Dimension,
  EnumeratedValue,
  EnumerationDimension,
  Interval,
  IntervalDimension,
  MoneyDimension,
  NumberDimension,
  Tariff,
} from './domain/tariff.ts';
export { billingMigrations } from './store/billing-migrations.ts';
export { loadTariff, type TariffQuery } from './store/load-tariff.ts';
export { publishTariff } from './store/publish-tariff.ts';
