import { compileTariff, loadTariff, type CompiledTariff } from '@sluice/billing';
import type { Queryable } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import type { Program } from './program.ts';

/** The tariffs in force on one day. */
export interface DayTariffs {
  readonly subsidyShare: CompiledTariff;
  readonly handlingFee: CompiledTariff;
}

/** A published tariff takes effect on running workers within this time. */
const freshMs = 10_000;

/** Loads tariffs by day and keeps them compiled for a moment: a chunk asks for a day many times. */
export class TariffBook {
  readonly #names: Program['tariffs'];
  readonly #days = new Map<string, DayTariffs | Refusal>();
  #loadedAt = 0;

  constructor(names: Program['tariffs']) {
    this.#names = names;
  }

  /** The tariffs of each day, `YYYY-MM-DD`; a day without one has `TARIFF_NOT_FOUND`. */
  async forDays(
    queryable: Queryable,
    days: Iterable<string>,
  ): Promise<ReadonlyMap<string, DayTariffs | Refusal>> {
    if (Date.now() - this.#loadedAt > freshMs) {
      this.#days.clear();
      this.#loadedAt = Date.now();
    }
    for (const day of new Set(days)) {
      if (!this.#days.has(day)) this.#days.set(day, await this.#load(queryable, day));
    }
    return new Map(this.#days);
  }

  async #load(queryable: Queryable, on: string): Promise<DayTariffs | Refusal> {
    const share = await loadTariff(queryable, { businessId: this.#names.subsidyShare, on });
    if (isRefusal(share)) return share;
    const fee = await loadTariff(queryable, { businessId: this.#names.handlingFee, on });
    if (isRefusal(fee)) return fee;
    return { subsidyShare: compileTariff(share), handlingFee: compileTariff(fee) };
  }
}
