import type { Queryable } from '@sluice/database';
import type { Account, AccountState } from '../domain/account.ts';
import { evaluateTransfers } from '../domain/evaluate-transfers.ts';
import type { HoldState } from '../domain/ledger-state.ts';
import type { TransferStatus } from '../domain/transfer-status.ts';
import type { ExpireHold, PostedTransfer, Transfer } from '../domain/transfer.ts';
import { toPostedTransfer, transferColumns, type TransferRow } from '../store/transfer-row.ts';
import { openedState } from './samples.ts';

/** The recorded history, and what it comes to when it is posted again. */
export interface Replay {
  /** Every transfer in the ledger, in the order of time. */
  readonly stored: readonly PostedTransfer[];
  /** For each of them what the evaluator makes of its request: the same, if all is well. */
  readonly replayed: readonly (PostedTransfer | TransferStatus | undefined)[];
  /** The accounts as the replay leaves them. */
  readonly states: ReadonlyMap<string, AccountState>;
}

/**
 * Posts the recorded history again without the database: one transfer after the other, each at its
 * time, on accounts that are closed when they were. Serial by construction, so what differs was
 * not.
 */
export async function replayHistory(q: Queryable, accounts: readonly Account[]): Promise<Replay> {
  const states = new Map(openedState(accounts).accounts);
  const transfers = new Map<string, PostedTransfer>();
  const holds = new Map<string, HoldState>();
  const reversedMinor = new Map<string, bigint>();
  const replayed: Replay['replayed'][number][] = [];
  const events = await closings(q);
  const closeUntil = (ns: bigint): void => {
    for (; events[0] !== undefined && events[0].atNs <= ns; events.shift()) {
      const { code, isClosed } = events[0];
      const account = states.get(code);
      if (account !== undefined) states.set(code, { ...account, isClosed });
    }
  };
  const rows = await history(q);
  for (const row of rows) {
    closeUntil(row.recorded_ns);
    const state = { accounts: states, transfers, refusals: new Map(), holds, reversedMinor };
    const nowMs = Number(row.recorded_ns / 1_000_000n);
    const after = evaluateTransfers({ ...state, nowMs }, [requestOf(toPostedTransfer(row))]);
    replayed.push(after.accepted[0] ?? after.results[0]?.status);
    for (const posted of after.accepted) transfers.set(posted.id, posted);
    for (const changed of after.changedAccounts) states.set(changed.code, changed);
    for (const [id, changed] of after.changedHolds) holds.set(id, changed);
    for (const [id, minor] of after.changedReversals) reversedMinor.set(id, minor);
  }
  closeUntil(events.at(-1)?.atNs ?? 0n);
  return { stored: rows.map(toPostedTransfer), replayed, states };
}

function history(q: Queryable): Promise<readonly TransferRow[]> {
  return q.query<TransferRow>(
    `select ${transferColumns}
     from ledger.transfer
     join ledger.account debit on debit.id = debit_account_id
     join ledger.account credit on credit.id = credit_account_id
     order by recorded_ns, transfer.id`,
  );
}

interface Closing {
  readonly code: string;
  readonly isClosed: boolean;
  readonly atNs: bigint;
}

async function closings(q: Queryable): Promise<Closing[]> {
  const rows = await q.query<Closing>(
    `select account.code, event = 'closed' as "isClosed",
       (extract(epoch from recorded_at) * 1000000)::bigint * 1000 as "atNs"
     from ledger.account_event
     join ledger.account on account.id = account_id
     order by recorded_at`,
  );
  return [...rows];
}

/** The request that a stored transfer was made by. */
function requestOf(posted: PostedTransfer): Transfer | (ExpireHold & { readonly linked: false }) {
  const { id, kind, type, reference, effectiveAt, amount, askedMinor, originalId } = posted;
  const header = { id, type, reference, effectiveAt, linked: false } as const;
  const asked = askedMinor === null ? null : { ...amount, minor: askedMinor };
  const named = originalId ?? '';
  switch (kind) {
    case 'direct':
    case 'hold': {
      const { debitAccount, creditAccount, balancing, timeoutMs } = posted;
      const between = { debitAccount, creditAccount, amount: asked ?? amount };
      const body = { ...header, ...between, ...(balancing === null ? {} : { balancing }) };
      return kind === 'hold' ? { ...body, kind, timeoutMs } : { ...body, kind };
    }
    case 'post-hold':
      return { ...header, kind, holdId: named, amount: asked };
    case 'reversal':
      return { ...header, kind, originalId: named, amount: asked };
    case 'void-hold':
    case 'expire-hold':
      return { ...header, kind, holdId: named };
  }
}
