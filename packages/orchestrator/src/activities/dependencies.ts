import type { Database } from '@sluice/database';
import type { AccountingServer } from '@sluice/ledger';
import type { Rail } from '@sluice/payout';
import type { Logger } from 'pino';
import type { WakeBookings } from './booking-hints.ts';
import type { Program } from './program.ts';
import type { RuleBook } from './rule-book.ts';
import type { TariffBook } from './tariff-book.ts';
import type { TillRules } from './till-rules.ts';

/** What the activities stand on; the worker makes it once. */
export interface ActivityDependencies {
  /** Acts under the least-privilege role. */
  readonly database: Database;
  readonly program: Program;
  readonly rail: Rail;
  readonly log: Logger;
  /** Where bookings are sent; without it they wait until a worker has one. */
  readonly accounting?: AccountingServer | undefined;
  /** Without it, bookings are looked at by their workflows' own clock only. */
  readonly wakeBookings?: WakeBookings | undefined;
}

/** The same, with what is made from it. */
export interface Dependencies extends ActivityDependencies {
  readonly rules: RuleBook;
  readonly tariffs: TariffBook;
  readonly tillRules: TillRules;
}
