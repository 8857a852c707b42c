import type { Queryable, Tx } from '@sluice/database';
import { refuse, type Refusal } from '@sluice/money';
import type { MainAccountState, Standing } from '../domain/main-account-state.ts';
import type { SettlementRule } from '../domain/settlement-rule.ts';
import { generationCodes } from '../domain/sub-account-code.ts';

/** A main account without its sub-accounts: all that a decision needs besides balances. */
export interface MainAccountHead {
  readonly id: string;
  readonly currency: string;
  readonly rule: SettlementRule;
  readonly state: MainAccountState;
  /** The active generation, from 1. */
  readonly generation: number;
  /** Number of sub-accounts of the active generation. */
  readonly size: number;
  /** Goes up when a redistribution begins. */
  readonly epoch: number;
}

interface HeadRow {
  readonly id: string;
  readonly currency: string;
  readonly threshold_minor: bigint;
  readonly preset_share_bps: number;
  readonly boundary: SettlementRule['boundary'];
  readonly wait_ms: number;
  readonly when_insufficient: SettlementRule['whenInsufficient'];
  readonly state: MainAccountState;
  readonly generation: number;
  readonly size: number;
  readonly epoch: number;
}

const selectHead = `
  select id, currency, threshold_minor, preset_share_bps, boundary, wait_ms, when_insufficient,
    state, generation, size, epoch
  from settlement.main_account where id = $1`;

function headOf(row: HeadRow): MainAccountHead {
  const { id, currency, state, generation, size, epoch } = row;
  const rule: SettlementRule = {
    thresholdMinor: row.threshold_minor,
    presetShareBps: row.preset_share_bps,
    boundary: row.boundary,
    waitMs: row.wait_ms,
    whenInsufficient: row.when_insufficient,
  };
  return { id, currency, rule, state, generation, size, epoch };
}

async function queryHead(
  q: Queryable,
  sql: string,
  id: string,
): Promise<MainAccountHead | Refusal> {
  const [row] = await q.query<HeadRow>(sql, [id]);
  return row === undefined ? mainAccountUnknown(id) : headOf(row);
}

/** The refusal `MAIN_ACCOUNT_UNKNOWN`. */
export function mainAccountUnknown(mainAccountId: string): Refusal {
  return refuse(
    'MAIN_ACCOUNT_UNKNOWN',
    `there is no main account "${mainAccountId}": open it first`,
    { mainAccountId },
  );
}

/** Reads a main account without a lock. */
export function readHead(q: Queryable, id: string): Promise<MainAccountHead | Refusal> {
  return queryHead(q, selectHead, id);
}

/**
 * Reads a main account and keeps its generation in place until the transaction ends, together with
 * any number of others that do the same. `key share`, because it holds off exactly the
 * redistributor of {@link lockForRedistribution} and still lets {@link noteState} write beside
 * other readers.
 */
export function lockForRouting(tx: Tx, id: string): Promise<MainAccountHead | Refusal> {
  return queryHead(tx, `${selectHead} for key share`, id);
}

/** Reads a main account once every task that was routed on it has committed or rolled back. */
export function lockForRedistribution(tx: Tx, id: string): Promise<MainAccountHead | Refusal> {
  return queryHead(tx, `${selectHead} for update`, id);
}

/** The codes of the active generation, in the order of numbers. */
export function activeCodes(head: MainAccountHead): readonly string[] {
  return generationCodes(head.id, head.generation, head.size);
}

/** The stored state that a standing amounts to; a redistribution is stored when it begins. */
export function settledState(state: Standing['state']): MainAccountState {
  return state === 'insufficient' ? 'insufficient' : 'normal';
}

/**
 * Notes that the total fell below threshold 1, or is back, for people to see. It never waits: when
 * another transaction is noting at this moment, what that one saw stands until the next reading.
 */
export async function noteState(
  tx: Tx,
  head: MainAccountHead,
  seen: Standing['state'],
): Promise<void> {
  const state = settledState(seen);
  if (head.state === state) return;
  await tx.query(
    `update settlement.main_account set state = $2
     where id = (
       select id from settlement.main_account
       where id = $1 and state <> 'redistributing'
       for no key update skip locked
     )`,
    [head.id, state],
  );
}
