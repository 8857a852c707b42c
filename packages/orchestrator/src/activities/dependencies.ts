import type { Database } from '@sluice/database';
import type { Rail } from '@sluice/payout';
import type { Logger } from 'pino';
import type { Program } from './program.ts';
import type { TariffBook } from './tariff-book.ts';

/** What the activities stand on; the worker makes it once. */
export interface ActivityDependencies {
  /** Acts under the least-privilege role. */
  readonly database: Database;
  readonly program: Program;
  readonly rail: Rail;
  readonly log: Logger;
}

/** The same, with what is made from it. */
export interface Dependencies extends ActivityDependencies {
  readonly tariffs: TariffBook;
}
