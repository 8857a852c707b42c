export type { WakeBookings } from './booking-hints.ts';
export { createActivities } from './create-activities.ts';
export type { ActivityDependencies } from './dependencies.ts';
export {
  dayOf,
  decideDiscounts,
  factOf,
  factsOf,
  quoteSubsidy,
  redemptionFacts,
  type Discount,
  type PricedRedemption,
  type SubsidyComponent,
} from './price-redemption.ts';
export type { PlatformFee } from './quote-platform-fee.ts';
export { loadProgram, type Program } from './program.ts';
export { publishProgram } from './publish-program.ts';
export { countBookingEvents, readBookingEvents } from './read-booking-events.ts';
export { reportOf, heldAgainstGate } from './rule-rollout-view.ts';
export { recordRuleRollout, type RolloutRequest } from './rule-rollout-record.ts';
export { TariffBook, type DayTariffs } from './tariff-book.ts';
