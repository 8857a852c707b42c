import type { Queryable } from '@sluice/database';
import { loadBookingVersions, type BookingRuleSet } from '@sluice/ledger';
import { refuse, type Refusal } from '@sluice/money';

/** The booking rules of each business day. */
export interface BookingRules {
  /** The rules in force on a day, `YYYY-MM-DD`, or the refusal `BOOKING_RULES_NOT_FOUND`. */
  on(day: string): BookingRuleSet | Refusal;
}

/** A published version takes effect on running workers within this time. */
const freshMs = 10_000;

/** Keeps all published versions of a set of booking rules at hand: a chunk books many days. */
export class BookingBook implements BookingRules {
  readonly #id: string;
  #versions: readonly BookingRuleSet[] = [];
  #loadedAtMs = Number.NEGATIVE_INFINITY;

  constructor(id: string) {
    this.#id = id;
  }

  /** To be called by each step before it books. */
  async refresh(queryable: Queryable): Promise<void> {
    if (Date.now() - this.#loadedAtMs < freshMs && this.#versions.length > 0) return;
    const loadedAtMs = Date.now();
    this.#versions = await loadBookingVersions(queryable, this.#id);
    this.#loadedAtMs = loadedAtMs;
  }

  on(day: string): BookingRuleSet | Refusal {
    return (
      this.#versions.find(({ effectiveFrom }) => effectiveFrom <= day) ??
      refuse(
        'BOOKING_RULES_NOT_FOUND',
        `no booking rules ${this.#id} are in force on ${day}: ` +
          'publish a version that begins by then',
        { ruleSetId: this.#id, on: day },
      )
    );
  }
}
