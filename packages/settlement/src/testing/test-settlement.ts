import { withTransaction, type Tx } from '@sluice/database';
import type { FreshDatabase } from '@sluice/database/testing';
import { expectAnswer, isRefusal, type Refusal } from '@sluice/money';
import {
  beginRedistribution,
  completeRedistribution,
  defaultRule,
  numberTask,
  openMainAccount,
  readMainAccount,
  routeDeposit,
  routeTask,
  type MainAccount,
  type OpenRedistribution,
  type SettlementRule,
} from '../index.ts';
import { balancesIn, openTestBank, payIn, payOut } from './test-bank.ts';

type Answer<Step extends (...args: never[]) => Promise<unknown>> = ReturnType<Step>;

/** The rule that tests start from: threshold 1.00 CNY. */
export const testRule: SettlementRule = { ...defaultRule(100n), waitMs: 5 };

/** A refusal's code; undefined for an answer. */
export const codeOf = (answer: unknown): string | undefined =>
  isRefusal(answer) ? answer.code : undefined;

/** The package's steps, each in a transaction of its own together with its posting. */
export interface TestSettlement {
  readonly db: FreshDatabase;
  inTx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  open(
    id: string,
    change?: Partial<SettlementRule>,
    size?: number,
  ): Promise<readonly string[] | Refusal>;
  /** Opens a main account whose sub-accounts hold these balances. */
  openWith(
    id: string,
    balancesMinor: readonly bigint[],
    change?: Partial<SettlementRule>,
  ): Promise<void>;
  number(mainAccountId: string, taskKey: string): Promise<bigint | Refusal>;
  route(mainAccountId: string, taskKey: string, amountMinor: bigint): Answer<typeof routeTask>;
  /** Numbers and routes. */
  settle(mainAccountId: string, taskKey: string, amountMinor: bigint): Answer<typeof routeTask>;
  deposit(mainAccountId: string, amountMinor: bigint): Answer<typeof routeDeposit>;
  begin(mainAccountId: string, generation?: number): Answer<typeof beginRedistribution>;
  /** Begins what has to be begun or was. */
  beginOpen(mainAccountId: string): Promise<OpenRedistribution>;
  complete(mainAccountId: string, generation?: number): Answer<typeof completeRedistribution>;
  read(mainAccountId: string): Promise<MainAccount>;
}

/** Opens a fresh database and gives the steps on it. */
export async function openTestSettlement(): Promise<TestSettlement> {
  const db = await openTestBank();
  const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTransaction(db.app, work);
  const steps: TestSettlement = {
    db,
    inTx,
    open: (id, change = {}, size = 3) =>
      inTx((tx) =>
        openMainAccount(tx, { id, currency: 'CNY', size, rule: { ...testRule, ...change } }),
      ),
    async openWith(id, balancesMinor, change = {}) {
      const codes = expectAnswer(await steps.open(id, change, balancesMinor.length));
      const parts = codes.map((account, index) => ({
        account,
        amountMinor: balancesMinor[index] ?? 0n,
      }));
      await inTx((tx) => payIn(tx, `fund ${id}`, parts));
    },
    number: (mainAccountId, taskKey) => inTx((tx) => numberTask(tx, { mainAccountId, taskKey })),
    route: (mainAccountId, taskKey, amountMinor) =>
      inTx(async (tx) => {
        const balances = balancesIn(tx);
        const routed = await routeTask(tx, { mainAccountId, taskKey, amountMinor, balances });
        if (routed.kind === 'routed') await payOut(tx, taskKey, routed);
        return routed;
      }),
    async settle(id, taskKey, amountMinor) {
      expectAnswer(await steps.number(id, taskKey));
      return steps.route(id, taskKey, amountMinor);
    },
    deposit: (mainAccountId, amountMinor) =>
      inTx(async (tx) => {
        const request = { mainAccountId, amountMinor, balances: balancesIn(tx) };
        const routed = await routeDeposit(tx, request);
        const key = `in ${mainAccountId} ${amountMinor}`;
        if (routed.kind === 'routed') await payIn(tx, key, routed.parts);
        return routed;
      }),
    begin: (mainAccountId, generation = 1) =>
      inTx((tx) =>
        beginRedistribution(tx, { mainAccountId, generation, balances: balancesIn(tx) }),
      ),
    async beginOpen(id) {
      const begun = expectAnswer(await steps.begin(id));
      if (!('moves' in begun)) throw new Error(`${id} is ${begun.state}`);
      return begun;
    },
    complete: (mainAccountId, generation = 1) =>
      inTx((tx) =>
        completeRedistribution(tx, { mainAccountId, generation, balances: balancesIn(tx) }),
      ),
    read: async (id) => expectAnswer(await readMainAccount(db.app, id)),
  };
  return steps;
}
