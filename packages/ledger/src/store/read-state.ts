import type { Tx } from '@sluice/database';
import type { HoldState, KeptRefusal, LedgerState } from '../domain/ledger-state.ts';
import type { TransferStatus } from '../domain/transfer-status.ts';
import type { PostedTransfer, TransferKind } from '../domain/transfer.ts';
import { uuidArray } from './binary-arrays.ts';
import { toPostedTransfer, transferColumns, type TransferRow } from './transfer-row.ts';
import type { TransferNames } from './transfer-names.ts';

/** All that a batch is evaluated against, but for the accounts. */
export interface ReadState extends Omit<LedgerState, 'accounts'> {
  /** The first nanosecond since 1970 that may be recorded: the database's clock, or later. */
  readonly sinceNs: bigint;
}

/**
 * Reads what a batch's transfers depend on. To be sent behind the lock of their accounts: then it
 * sees all that was posted on these accounts before they were ours.
 */
export async function readState(tx: Tx, names: TransferNames): Promise<ReadState> {
  const { ids, originalIds } = names;
  const hasOriginals = originalIds.length > 0;
  const wanted = uuidArray(ids);
  const [moment, transfers, originals] = await Promise.all([
    readMoment(tx, wanted),
    readTransfers(tx, hasOriginals ? uuidArray([...ids, ...originalIds]) : wanted),
    hasOriginals ? readOriginals(tx, uuidArray(originalIds)) : noOriginals,
  ]);
  return { ...moment, ...originals, transfers };
}

/**
 * The clock, the highest bound announced for sealing, which is never gone below even when the clock
 * is put back, and the kept refusals. One row at least.
 */
async function readMoment(
  tx: Tx,
  ids: Buffer,
): Promise<Pick<ReadState, 'sinceNs' | 'nowMs' | 'refusals'>> {
  const rows = await tx.query<{
    now_us: bigint;
    sealed_ns: bigint | null;
    id: string | null;
    status: TransferStatus;
    body: string;
  }>(
    `select moment.now_us, moment.sealed_ns, refusal.id, refusal.status, refusal.body
     from (
       select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now_us,
         (select max(through_ns) from ledger.seal_bound) as sealed_ns
     ) moment
     left join (
       select kept.*
       from unnest($1::uuid[]) as wanted (id)
       cross join lateral (
         select * from ledger.refusal where refusal.id = wanted.id limit 1
       ) kept
     ) refusal on true`,
    [ids],
  );
  const [first] = rows;
  if (first === undefined) throw new Error('the database told no time');
  const refusals = new Map<string, KeptRefusal>();
  for (const { id, status, body } of rows) if (id !== null) refusals.set(id, { status, body });
  const nowNs = first.now_us * 1_000n;
  const sealedNs = first.sealed_ns ?? 0n;
  return {
    sinceNs: nowNs > sealedNs ? nowNs : sealedNs + 1n,
    nowMs: Number(first.now_us / 1_000n),
    refusals,
  };
}

/**
 * The lateral join asks the index once per id, whatever the planner thinks of a table that was
 * empty when the statement was prepared.
 */
async function readTransfers(tx: Tx, ids: Buffer): Promise<ReadonlyMap<string, PostedTransfer>> {
  const rows = await tx.query<TransferRow>(
    `select ${transferColumns}
     from unnest($1::uuid[]) as wanted (id)
     cross join lateral (
       select * from ledger.transfer where transfer.id = wanted.id limit 1
     ) transfer
     cross join lateral (
       select code, currency from ledger.account where id = transfer.debit_account_id limit 1
     ) debit
     cross join lateral (
       select code from ledger.account where id = transfer.credit_account_id limit 1
     ) credit`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toPostedTransfer(row)]));
}

type Originals = Pick<ReadState, 'holds' | 'reversedMinor'>;

const noOriginals: Originals = { holds: new Map(), reversedMinor: new Map() };

async function readOriginals(tx: Tx, originalIds: Buffer): Promise<Originals> {
  const rows = await tx.query<{
    id: string;
    held_minor: bigint | null;
    expires_at: Date | null;
    resolution: TransferKind | null;
    reversed_minor: bigint | null;
  }>(
    `select wanted.id, hold.amount_minor as held_minor, hold.expires_at,
       resolver.kind as resolution, reversed.reversed_minor
     from unnest($1::uuid[]) as wanted (id)
     left join ledger.hold on hold.id = wanted.id
     left join ledger.transfer resolver on resolver.id = hold.resolved_by
     left join ledger.reversed on reversed.transfer_id = wanted.id`,
    [originalIds],
  );
  const holds = new Map<string, HoldState>();
  const reversedMinor = new Map<string, bigint>();
  for (const row of rows) {
    if (row.reversed_minor !== null) reversedMinor.set(row.id, row.reversed_minor);
    if (row.held_minor === null) continue;
    holds.set(row.id, {
      amountMinor: row.held_minor,
      expiresAtMs: row.expires_at?.getTime() ?? null,
      resolution: resolutionOf(row.resolution),
    });
  }
  return { holds, reversedMinor };
}

function resolutionOf(kind: TransferKind | null): HoldState['resolution'] {
  if (kind === null || kind === 'post-hold' || kind === 'void-hold' || kind === 'expire-hold') {
    return kind;
  }
  throw new Error(`a transfer of the kind ${kind} resolves a hold`);
}
