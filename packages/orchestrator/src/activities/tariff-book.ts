import { compileTariff, loadTariff, type CompiledTariff } from '@sluice/billing';
import type { Queryable } from '@sluice/database';
import { isRefusal, type Refusal } from '@sluice/money';
import type { Program } from './program.ts';

/** The tariffs in force on one day. */
export interface DayTariffs {
  readonly subsidyShare: CompiledTariff;
  readonly handlingFee: CompiledTariff;
  readonly platformFee: CompiledTariff;
}

/** A published tariff takes effect on running workers within this time. */
const freshMs = 10_000;

interface Loaded {
  readonly tariffs: DayTariffs | Refusal;
  readonly atMs: number;
}

/** Loads tariffs by day and keeps them compiled for a moment: a chunk asks for a day many times. */
export class TariffBook {
  readonly #names: Program['tariffs'];
  readonly #days = new Map<string, Loaded>();

  constructor(names: Program['tariffs']) {
    this.#names = names;
  }

  /** The tariffs of each day, `YYYY-MM-DD`; a day without one has `TARIFF_NOT_FOUND`. */
  async forDays(
    queryable: Queryable,
    days: Iterable<string>,
  ): Promise<ReadonlyMap<string, DayTariffs | Refusal>> {
    const found = new Map<string, DayTariffs | Refusal>();
    for (const day of new Set(days)) found.set(day, await this.#forDay(queryable, day));
    return found;
  }

  async #forDay(queryable: Queryable, day: string): Promise<DayTariffs | Refusal> {
    const known = this.#days.get(day);
    if (known !== undefined && Date.now() - known.atMs < freshMs) return known.tariffs;
    const atMs = Date.now();
    const tariffs = await this.#load(queryable, day);
    this.#days.set(day, { tariffs, atMs });
    return tariffs;
  }

  async #load(queryable: Queryable, on: string): Promise<DayTariffs | Refusal> {
    const { subsidyShare, handlingFee, platformFee } = this.#names;
    const share = await loadTariff(queryable, { businessId: subsidyShare, on });
    if (isRefusal(share)) return share;
    const handling = await loadTariff(queryable, { businessId: handlingFee, on });
    if (isRefusal(handling)) return handling;
    const fee = await loadTariff(queryable, { businessId: platformFee, on });
    if (isRefusal(fee)) return fee;
    return {
      subsidyShare: compileTariff(share),
      handlingFee: compileTariff(handling),
      platformFee: compileTariff(fee),
    };
  }
}
