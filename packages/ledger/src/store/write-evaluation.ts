import { RetryTransactionError, sqlState, type Tx } from '@sluice/database';
import type { Evaluation } from '../domain/evaluate-transfers.ts';
import type { KeptRefusal } from '../domain/ledger-state.ts';
import type { PostedTransfer } from '../domain/transfer.ts';
import { int8Array, textArray, timestamptzArray, uuidArray } from './binary-arrays.ts';
import type { LockedAccount } from './lock-accounts.ts';

interface Writing {
  readonly accounts: ReadonlyMap<string, LockedAccount>;
  /** The first nanosecond that may be recorded. */
  readonly sinceNs: bigint;
  readonly evaluation: Evaluation;
}

/**
 * Writes what a batch did: balances and transfers in one statement, and one more for each of holds,
 * reversals and refusals where there are any. All are sent at once.
 */
export async function writeEvaluation(tx: Tx, writing: Writing): Promise<void> {
  const { accepted, refusals } = writing.evaluation;
  const statements: Promise<unknown>[] = [];
  if (accepted.length > 0) statements.push(...writeTransfers(tx, writing));
  const special = accepted.filter(({ kind }) => kind !== 'direct');
  if (special.length > 0) {
    statements.push(...writeHolds(tx, writing, special), ...writeReversals(tx, writing, special));
  }
  if (refusals.size > 0) statements.push(writeRefusals(tx, refusals));
  try {
    await Promise.all(statements);
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error;
    throw new RetryTransactionError('another transaction posted one of the same ids first', {
      cause: error,
    });
  }
}

const uniqueViolation = '23505';

/**
 * So many transfers go in one statement: while the server writes them, the next are made ready.
 */
const transfersAtOnce = 1_000;

/** The order of rows gives the order of times: a nanosecond each, above all the accounts have. */
function writeTransfers(
  tx: Tx,
  { accounts, sinceNs, evaluation: { accepted, changedAccounts } }: Writing,
): readonly Promise<unknown>[] {
  let changed = changedAccounts.map((after) => ({ id: rowOf(accounts, after.code), after }));
  const firstNs = changedAccounts.reduce(
    (ns, { code }) => later(ns, (accounts.get(code)?.lastRecordedNs ?? 0n) + 1n),
    sinceNs,
  );
  const lastNs = firstNs + BigInt(accepted.length - 1);
  const statements: Promise<unknown>[] = [];
  for (let from = 0; from < accepted.length; from += transfersAtOnce) {
    const some = accepted.slice(from, from + transfersAtOnce);
    const isPlain = some.every(isPlainTransfer);
    const values = [
      int8Array(changed, ({ id }) => id),
      int8Array(changed, ({ after }) => after.balanceMinor),
      int8Array(changed, ({ after }) => after.heldDebitMinor),
      int8Array(changed, ({ after }) => after.heldCreditMinor),
      int8Array(changed, ({ after }) => after.transferCount),
      lastNs,
      firstNs + BigInt(from),
      ...plainValues(accounts, some),
      ...(isPlain ? [] : otherValues(some)),
    ];
    statements.push(tx.query(isPlain ? writePlain : writeAnyKind, values));
    // The accounts are changed by the first of the statements.
    changed = [];
  }
  return statements;
}

/** Most transfers say no more than this: for them, most columns need not be sent. */
function isPlainTransfer(posted: PostedTransfer): boolean {
  return (
    posted.kind === 'direct' &&
    posted.balancing === null &&
    posted.debitHeldMinor === 0n &&
    posted.creditHeldMinor === 0n
  );
}

function plainValues(
  accounts: Writing['accounts'],
  accepted: readonly PostedTransfer[],
): readonly unknown[] {
  return [
    uuidArray(accepted.map(({ id }) => id)),
    int8Array(accepted, ({ debitAccount }) => rowOf(accounts, debitAccount)),
    int8Array(accepted, ({ creditAccount }) => rowOf(accounts, creditAccount)),
    int8Array(accepted, ({ amount }) => amount.minor),
    int8Array(accepted, ({ debitBalanceMinor }) => debitBalanceMinor),
    int8Array(accepted, ({ creditBalanceMinor }) => creditBalanceMinor),
    timestamptzArray(accepted, ({ effectiveAt }) => effectiveAt),
    textArray(accepted, ({ type }) => type),
    textArray(accepted, ({ reference }) => reference),
  ];
}

function otherValues(accepted: readonly PostedTransfer[]): readonly unknown[] {
  return [
    accepted.map(({ kind }) => kind),
    accepted.map(({ originalId }) => originalId),
    accepted.map(askedColumn),
    accepted.map(({ balancing }) => balancing),
    accepted.map(({ timeoutMs }) => timeoutMs),
    accepted.map(({ debitHeldMinor }) => (debitHeldMinor === 0n ? null : debitHeldMinor)),
    accepted.map(({ creditHeldMinor }) => (creditHeldMinor === 0n ? null : creditHeldMinor)),
  ];
}

/** Where the amount itself was asked for, as nearly always, it is not stored a second time. */
function askedColumn({ kind, askedMinor, amount }: PostedTransfer): bigint | null {
  const namesAmount = kind === 'direct' || kind === 'hold';
  return namesAmount && askedMinor === amount.minor ? null : askedMinor;
}

const changeAccounts = `
  update ledger.account
  set balance_minor = after.balance_minor, held_debit_minor = after.held_debit_minor,
    held_credit_minor = after.held_credit_minor, transfer_count = after.transfer_count,
    last_recorded_ns = $6::bigint
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
    as after (id, balance_minor, held_debit_minor, held_credit_minor, transfer_count)
  where account.id = after.id`;

const plainColumns = `id, debit_account_id, credit_account_id, amount_minor, debit_balance_minor,
  credit_balance_minor, effective_at, type, reference`;
const plainArrays = `$8::uuid[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
  $13::bigint[], $14::timestamptz[], $15::text[], $16::text[]`;
const otherColumns = `kind, original_id, asked_minor, balancing, timeout_ms, debit_held_minor,
  credit_held_minor`;
const otherArrays = `$17::ledger.transfer_kind[], $18::uuid[], $19::bigint[], $20::text[],
  $21::bigint[], $22::bigint[], $23::bigint[]`;

/** In the order of ids: who posts the same ones elsewhere never waits for us in a circle. */
const writePlain = `
  with changed as (${changeAccounts})
  insert into ledger.transfer (recorded_ns, kind, ${plainColumns})
  select $7::bigint + place - 1, 'direct', ${plainColumns}
  from unnest(${plainArrays}) with ordinality as fresh (${plainColumns}, place)
  order by id`;

const writeAnyKind = `
  with changed as (${changeAccounts})
  insert into ledger.transfer (recorded_ns, ${plainColumns}, ${otherColumns})
  select $7::bigint + place - 1, ${plainColumns}, ${otherColumns}
  from unnest(${plainArrays}, ${otherArrays})
    with ordinality as fresh (${plainColumns}, ${otherColumns}, place)
  order by id`;

function writeHolds(
  tx: Tx,
  { accounts, evaluation: { changedHolds } }: Writing,
  special: readonly PostedTransfer[],
): readonly Promise<unknown>[] {
  const made = special.filter(({ kind }) => kind === 'hold');
  const resolving = special.filter(
    ({ kind }) => kind === 'post-hold' || kind === 'void-hold' || kind === 'expire-hold',
  );
  return [
    ...(made.length === 0
      ? []
      : [
          tx.query(
            `insert into ledger.hold (id, debit_account_id, credit_account_id, amount_minor,
               expires_at)
             select id, debit_account_id, credit_account_id, amount_minor,
               to_timestamp(expires_at_ms / 1000.0)
             from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
               as fresh (id, debit_account_id, credit_account_id, amount_minor, expires_at_ms)`,
            [
              made.map(({ id }) => id),
              made.map(({ debitAccount }) => rowOf(accounts, debitAccount)),
              made.map(({ creditAccount }) => rowOf(accounts, creditAccount)),
              made.map(({ amount }) => amount.minor),
              made.map(({ id }) => changedHolds.get(id)?.expiresAtMs ?? null),
            ],
          ),
        ]),
    ...(resolving.length === 0 ? [] : [resolveHolds(tx, resolving)]),
  ];
}

/** Both accounts are locked, so nobody else can have resolved one of them meanwhile. */
async function resolveHolds(tx: Tx, resolving: readonly PostedTransfer[]): Promise<void> {
  const rows = await tx.query(
    `update ledger.hold
     set resolved_by = resolver.id
     from unnest($1::uuid[], $2::uuid[]) as resolver (id, hold_id)
     where hold.id = resolver.hold_id and hold.resolved_by is null
     returning hold.id`,
    [resolving.map(({ id }) => id), resolving.map(({ originalId }) => originalId)],
  );
  if (rows.length !== resolving.length) throw new Error('a hold was resolved twice');
}

function writeReversals(
  tx: Tx,
  { evaluation: { changedReversals } }: Writing,
  special: readonly PostedTransfer[],
): readonly Promise<unknown>[] {
  const ids = new Set(
    special.flatMap(({ kind, originalId }) =>
      kind === 'reversal' && originalId !== null ? [originalId] : [],
    ),
  );
  if (ids.size === 0) return [];
  const statement = tx.query(
    `insert into ledger.reversed (transfer_id, amount_minor, reversed_minor)
     select original.id, original.amount_minor, fresh.reversed_minor
     from unnest($1::uuid[], $2::bigint[]) as fresh (id, reversed_minor)
     join ledger.transfer original using (id)
     on conflict (transfer_id) do update set reversed_minor = excluded.reversed_minor`,
    [[...ids], [...ids].map((id) => changedReversals.get(id))],
  );
  return [statement];
}

function writeRefusals(tx: Tx, refusals: ReadonlyMap<string, KeptRefusal>): Promise<unknown> {
  const all = [...refusals];
  return tx.query(
    `insert into ledger.refusal (id, status, body)
     select * from unnest($1::uuid[], $2::text[], $3::text[]) as fresh (id, status, body)
     order by id`,
    [all.map(([id]) => id), all.map(([, { status }]) => status), all.map(([, { body }]) => body)],
  );
}

function rowOf(accounts: Writing['accounts'], code: string): bigint {
  const account = accounts.get(code);
  if (account === undefined) throw new Error(`account ${code} was changed but never locked`);
  return account.id;
}

function later(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
