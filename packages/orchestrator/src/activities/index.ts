export type { WakeBookings } from './booking-hints.ts';
export { createActivities } from './create-activities.ts';
export type { ActivityDependencies } from './dependencies.ts';
export {
  dayOf,
  decideDiscounts,
  factOf,
  quoteSubsidy,
  type Discount,
  type PricedRedemption,
  type SubsidyComponent,
} from './price-redemption.ts';
export { loadProgram, type DiscountRules, type Program } from './program.ts';
export { countBookingEvents, readBookingEvents } from './read-booking-events.ts';
export { TariffBook, type DayTariffs } from './tariff-book.ts';
