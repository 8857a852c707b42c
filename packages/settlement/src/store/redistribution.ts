import type { Tx } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { stateOf, totalOf, type MainAccountState } from '../domain/main-account-state.ts';
import {
  planMoves,
  planRedistribution,
  type AccountBalance,
  type Move,
} from '../domain/plan-redistribution.ts';
import { generationCodes, subAccountCode } from '../domain/sub-account-code.ts';
import { readAccounts, type Balances } from './balances.ts';
import {
  activeCodes,
  lockForRedistribution,
  settledState,
  type MainAccountHead,
} from './main-account-head.ts';
import { insertSubAccounts } from './open-main-account.ts';

export interface Redistribute {
  readonly mainAccountId: string;
  /** The generation to be redistributed, as `routeTask` named it. */
  readonly generation: number;
  readonly balances: Balances;
}

/** A redistribution that is under way: post the moves, then complete it. */
export interface OpenRedistribution {
  /** `already`: an earlier call began it. */
  readonly state: 'begun' | 'already';
  readonly epoch: number;
  /** The old generation, with what it holds now. */
  readonly from: readonly AccountBalance[];
  /** The new generation; open these accounts in the ledger before the moves. */
  readonly to: readonly string[];
  /** What is still to be moved: none once the moves were posted. */
  readonly moves: readonly Move[];
}

/** Nothing is to be done: that generation was redistributed before, or has no need now. */
export interface NoRedistribution {
  readonly state: 'done' | 'not-needed';
  /** The active generation. */
  readonly generation: number;
  readonly epoch: number;
}

/** A redistribution that is complete. */
export interface CompleteRedistribution {
  /** `already`: an earlier call completed it. */
  readonly state: 'completed' | 'already';
  /** The active generation, and the state that the main account is in. */
  readonly generation: number;
  readonly epoch: number;
  readonly mainAccountState: MainAccountState;
}

/**
 * Begins to redistribute a generation (claim 1): waits for the tasks that are being settled on it,
 * holds further ones back (state `redistributing`, next epoch) and records generation i+1, which
 * has fewer sub-accounts. Idempotent by generation: a retry gets what is still to be moved.
 *
 * @returns the open redistribution; `done` when that generation is behind; `not-needed` when money
 *   came in, or went out, meanwhile; or the refusals `MAIN_ACCOUNT_UNKNOWN`, `GENERATION_UNKNOWN`.
 */
export async function beginRedistribution(
  tx: Tx,
  request: Redistribute,
): Promise<OpenRedistribution | NoRedistribution | Refusal> {
  const { mainAccountId, generation, balances } = request;
  const head = await lockForRedistribution(tx, mainAccountId);
  if (isRefusal(head)) return head;
  if (head.generation < generation) return generationUnknown(head, generation);
  const { epoch } = head;
  if (head.generation > generation) return { state: 'done', generation: head.generation, epoch };
  const from = await readAccounts(balances, activeCodes(head));
  if (head.state === 'redistributing') return resume(tx, head, from, balances);
  const { state } = stateOf(amountsOf(from), head.rule);
  return state === 'redistribute'
    ? begin(tx, head, from)
    : { state: 'not-needed', generation, epoch };
}

async function begin(
  tx: Tx,
  head: MainAccountHead,
  from: readonly AccountBalance[],
): Promise<OpenRedistribution> {
  const { id, generation } = head;
  const plan = planRedistribution({
    accounts: from,
    thresholdMinor: head.rule.thresholdMinor,
    newCode: (number) => subAccountCode(id, generation + 1, number),
  });
  const to = generationCodes(id, generation + 1, plan.size);
  await tx.query(
    `insert into settlement.redistribution
       (main_account_id, from_generation, from_size, to_size, total_before_minor)
     values ($1, $2, $3, $4, $5)`,
    [id, generation, head.size, plan.size, totalOf(amountsOf(from))],
  );
  await insertSubAccounts(tx, { mainAccountId: id, generation: generation + 1, codes: to });
  const epoch = head.epoch + 1;
  await tx.query(
    `update settlement.main_account set state = 'redistributing', epoch = $2 where id = $1`,
    [id, epoch],
  );
  return { state: 'begun', epoch, from, to, moves: plan.moves };
}

async function resume(
  tx: Tx,
  head: MainAccountHead,
  from: readonly AccountBalance[],
  balances: Balances,
): Promise<OpenRedistribution> {
  const { toSize } = await findRedistribution(tx, head);
  const to = generationCodes(head.id, head.generation + 1, toSize);
  const moves = planMoves(from, await readAccounts(balances, to));
  return { state: 'already', epoch: head.epoch, from, to, moves };
}

/**
 * Completes a redistribution whose moves were posted (claim 5): makes generation i+1 the active one
 * and sets the main account's state. Idempotent by generation.
 *
 * @returns the new standing, or the refusals `MAIN_ACCOUNT_UNKNOWN`, `GENERATION_UNKNOWN`,
 *   `REDISTRIBUTION_NOT_BEGUN`.
 * @throws when the old generation still holds money or the new one does not hold the same total:
 *   the moves were not all posted, or money went past them. Nothing is changed then.
 */
export async function completeRedistribution(
  tx: Tx,
  request: Redistribute,
): Promise<CompleteRedistribution | Refusal> {
  const head = await lockForRedistribution(tx, request.mainAccountId);
  if (isRefusal(head)) return head;
  const { id, generation, epoch } = head;
  if (generation < request.generation) return generationUnknown(head, request.generation);
  if (generation > request.generation) {
    return { state: 'already', generation, epoch, mainAccountState: head.state };
  }
  if (head.state !== 'redistributing') return notBegun(head);
  const { toSize, totalBeforeMinor } = await findRedistribution(tx, head);
  const from = await readAccounts(request.balances, activeCodes(head));
  const to = await readAccounts(request.balances, generationCodes(id, generation + 1, toSize));
  verifyMoved({ head, totalBeforeMinor, from, to });
  const state = settledState(stateOf(amountsOf(to), head.rule).state);
  await tx.query(
    `update settlement.redistribution set total_after_minor = $3, completed_at = now()
     where main_account_id = $1 and from_generation = $2`,
    [id, generation, totalOf(amountsOf(to))],
  );
  await tx.query(
    'update settlement.main_account set state = $2, generation = $3, size = $4 where id = $1',
    [id, state, generation + 1, toSize],
  );
  return { state: 'completed', generation: generation + 1, epoch, mainAccountState: state };
}

function amountsOf(accounts: readonly AccountBalance[]): readonly bigint[] {
  return accounts.map(({ balanceMinor }) => balanceMinor);
}

async function findRedistribution(
  tx: Tx,
  { id, generation }: MainAccountHead,
): Promise<{ readonly toSize: number; readonly totalBeforeMinor: bigint }> {
  const [row] = await tx.query<{ to_size: number; total_before_minor: bigint }>(
    `select to_size, total_before_minor from settlement.redistribution
     where main_account_id = $1 and from_generation = $2`,
    [id, generation],
  );
  if (row === undefined) throw new Error(`${id} redistributes ${generation}, but has no record`);
  return { toSize: row.to_size, totalBeforeMinor: row.total_before_minor };
}

function verifyMoved(request: {
  readonly head: MainAccountHead;
  readonly totalBeforeMinor: bigint;
  readonly from: readonly AccountBalance[];
  readonly to: readonly AccountBalance[];
}): void {
  const { head, totalBeforeMinor } = request;
  const left = totalOf(amountsOf(request.from));
  const moved = totalOf(amountsOf(request.to));
  if (left === 0n && moved === totalBeforeMinor) return;
  throw new Error(
    `generation ${head.generation} of ${head.id} held ${totalBeforeMinor} minor units when its ` +
      `redistribution began; now it holds ${left} and its successor ${moved}: ` +
      'post all its moves, and nothing else, before completing it',
  );
}

function generationUnknown(head: MainAccountHead, generation: number): Refusal {
  return refuse(
    'GENERATION_UNKNOWN',
    `main account "${head.id}" is at generation ${head.generation}, not yet at ${generation}: ` +
      'use the one that routing named',
    { mainAccountId: head.id, generation, active: head.generation },
  );
}

function notBegun(head: MainAccountHead): Refusal {
  return refuse(
    'REDISTRIBUTION_NOT_BEGUN',
    `generation ${head.generation} of main account "${head.id}" is not being redistributed: ` +
      'begin first',
    { mainAccountId: head.id, generation: head.generation },
  );
}
