export { allocate } from './allocate.ts';
export { exponentOf, parseCurrency, type Currency } from './currency.ts';
export {
  add,
  compare,
  CurrencyMismatchError,
  formatAmount,
  formatMoney,
  fromWire,
  money,
  parseMoney,
  subtract,
  sum,
  toWire,
  type Money,
  type WireMoney,
} from './money.ts';
export { parseRate, rateFromBps, type Rate } from './rate.ts';
export {
  expectAnswer,
  isRefusal,
  refuse,
  UnexpectedRefusalError,
  type Refusal,
  type RefusalDetail,
} from './refusal.ts';
export {
  multiply,
  roundingModes,
  roundToMoney,
  toDecimal,
  type RoundingMode,
  type RoundingPolicy,
  type RoundingStage,
} from './rounding.ts';
