export { compileTariff, type CompiledTariff } from './domain/compile-tariff.ts';
export { csvToMessage } from './domain/csv/read-csv.ts';
export { tariffToCsv } from './domain/csv/write-csv.ts';
export { editTariff, type TariffChange } from './domain/edit/edit-tariff.ts';
export type { TariffEdit } from './domain/edit/tariff-edit.ts';
export {
  joinTariff,
  splitTariff,
  type DefinitionEntity,
  type MainEntity,
  type OrderEntity,
  type RateEntity,
  type TariffEntities,
} from './domain/entities.ts';
export { lookUpKeyValue, toKeyValue, type KeyValueForm } from './domain/key-value.ts';
export { parseTariff } from './domain/parse-tariff.ts';
export type {
  BillingElements,
  EarlierUse,
  ElementValue,
  IntervalHit,
  PricingRequest,
  Quantity,
  Quote,
  QuoteLine,
  QuoteTax,
  TariffCell,
} from './domain/pricing.ts';
export { lookUpCell, quote } from './domain/quote.ts';
export type { PartsRule, RateUnits } from './domain/rates/rate-units.ts';
export type {
  FlatRate,
  GraduatedRate,
  GreaterOfRate,
  LimitedRate,
  PackageRate,
  PerUnitRate,
  ProportionRate,
  RateTier,
  TariffRate,
  TieredRate,
  VolumeRate,
} from './domain/rates/tariff-rate.ts';
export type {
  CellRate,
  DateDimension,
  Dimension,
  EnumeratedValue,
  EnumerationDimension,
  Interval,
  IntervalDimension,
  MoneyDimension,
  NumberDimension,
  SetClass,
  SetDimension,
  Tariff,
  TariffTax,
  TimeDimension,
  TimeOfDayDimension,
} from './domain/tariff.ts';
export {
  diffTariffs,
  type TariffDiff,
  type TariffDifference,
} from './domain/simulate/diff-tariffs.ts';
export {
  findCliffs,
  type Cliff,
  type CliffQuery,
  type CliffReport,
} from './domain/simulate/find-cliffs.ts';
export {
  readPricingRequest,
  readRecordedRequest,
} from './domain/simulate/read-recorded-request.ts';
export type { RecordedRequest } from './domain/simulate/recorded-request.ts';
export {
  simulate,
  type CellShift,
  type Mover,
  type Shift,
  type SimulationOptions,
  type SimulationReport,
  type Unpriced,
} from './domain/simulate/simulate.ts';
export { toMessage, type WrittenMessage } from './domain/to-message.ts';
export { billingMigrations } from './store/billing-migrations.ts';
export { checkBilling } from './store/check-billing.ts';
export { loadTariff, loadTariffs, type TariffQuery } from './store/load-tariff.ts';
export { lookUpStoredRate, lookUpStoredRates } from './store/look-up-stored-rate.ts';
export { repriceRequests, type RepriceQuery } from './store/reprice-requests.ts';
export { publishTariff } from './store/publish-tariff.ts';
export {
  publishDraft,
  readDraft,
  reviewDraft,
  saveDraft,
  type DraftReview,
  type DraftState,
  type TariffDraft,
} from './store/tariff-drafts.ts';
