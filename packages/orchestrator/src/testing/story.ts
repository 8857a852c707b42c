import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from '@sluice/money';
import { expectAnswer } from '@sluice/money';
import type { Redemption } from '@sluice/pool';
import type { WorkflowHandle } from '@temporalio/client';
import type { PayoutPlan, PayoutView, PlannedPayout, PoolLifecycleInput } from '../contract.ts';
import type { payout, poolLifecycle, redemptionBatch, subsidyPayout } from '../workflows/index.ts';
import { examplePool } from './examples.ts';
import type { TestSystem } from './test-system.ts';
import type { TestTemporal } from './test-temporal.ts';

/** Never by themselves within a test: the bank is looked at when somebody asks. */
const watch = { pollMs: 100, returnPollMs: 3_600_000 };
const patienceMs = 25_000;
const lookEveryMs = 20;

/** One pool on a real Temporal, under ids of its own, with what happens in it. */
export class Story {
  readonly #temporal: TestTemporal;
  readonly #system: TestSystem;
  readonly poolId: string;

  constructor(temporal: TestTemporal, system: TestSystem, name: string) {
    this.#temporal = temporal;
    this.#system = system;
    this.poolId = `${name}-${temporal.taskQueue.slice(-12)}`;
  }

  get mainAccountId(): string {
    return `main-${this.poolId}`;
  }

  get input(): PoolLifecycleInput {
    const { poolId } = this;
    return examplePool({
      poolId,
      mainAccount: { ...examplePool().mainAccount, id: this.mainAccountId },
    });
  }

  /** An id that is this pool's alone. */
  id(name: string): string {
    return `${this.poolId}-${name}`;
  }

  async openPool(
    change: Partial<PoolLifecycleInput> = {},
  ): Promise<WorkflowHandle<typeof poolLifecycle>> {
    const handle = await this.#temporal.sluice.pool({ ...this.input, ...change });
    await until(async () => {
      const view = await handle.query<{ readonly state: string }, []>('poolView');
      return view.state === 'open';
    });
    return handle;
  }

  /** Records redemptions, under ids of this pool, and starts their batch. */
  async startBatch(
    redemptions: readonly Redemption[],
    chunkSize: number,
  ): Promise<WorkflowHandle<typeof redemptionBatch>> {
    const { poolId } = this;
    const batchId = this.id('batch');
    await this.record(redemptions, batchId);
    return this.#temporal.sluice.batch({
      ...{ poolId, batchId, chunkSize },
      redemptions: redemptions.length,
    });
  }

  record(redemptions: readonly Redemption[], batchId: string): Promise<void> {
    const renamed = redemptions.map((one) => ({ ...one, id: this.id(one.id) }));
    return this.#system.record(renamed, batchId, this.poolId);
  }

  /** One redemption through the single lane. */
  async startRedemption(redemption: Redemption): Promise<WorkflowHandle<typeof subsidyPayout>> {
    await this.record([redemption], this.id('single'));
    return this.#temporal.sluice.redemption({
      poolId: this.poolId,
      redemptionId: this.id(redemption.id),
      mainAccountId: this.mainAccountId,
      watch,
    });
  }

  async plan(pool: WorkflowHandle<typeof poolLifecycle>): Promise<PayoutPlan> {
    const plan = await pool.executeUpdate<PayoutPlan | Refusal, [{ runId: string }]>(
      'planPayouts',
      { args: [{ runId: this.id('run') }] },
    );
    return expectAnswer(plan);
  }

  startPayout(planned: PlannedPayout): Promise<WorkflowHandle<typeof payout>> {
    const { mainAccountId, poolId: reference } = this;
    return this.#temporal.sluice.payout({ ...planned, mainAccountId, reference, watch });
  }

  /** Waits until a payout stands so. */
  async untilState(handle: WorkflowHandle<typeof payout>, state: string): Promise<void> {
    await until(async () => {
      const view = await handle.query<PayoutView | null, []>('payoutView');
      return view?.state === state;
    });
  }
}

/** Waits until it holds; what it throws meanwhile counts as not yet. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await delay(lookEveryMs);
  }
  throw new Error('it did not come to that', { cause: last });
}
