import { hash } from 'node:crypto';
import { refuse, type Refusal } from '@sluice/money';
import type { Queryable } from './database.ts';
import { RetryTransactionError, type Tx } from './transaction.ts';

/** What JSON can hold; outcomes and requests are made of it. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** One command: its business key, and the body that the key stands for. */
export interface Command {
  readonly key: string;
  readonly body: Json;
}

interface ReceiptRow {
  readonly key: string;
  readonly request_hash: string;
  readonly outcome: Json;
}

/** JSON with its keys in order, so that two equal bodies have one hash. */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const record = value as { readonly [key: string]: Json | undefined };
    const entries = Object.keys(record)
      .filter((name) => record[name] !== undefined)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonicalJson(record[name])}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

/** SHA-256 of a body's canonical JSON, in hex. */
export function requestHash(body: Json): string {
  return hash('sha256', canonicalJson(body));
}

/**
 * Runs each command at most once, for ever. In the caller's transaction it looks for the commands'
 * receipts, hands the fresh ones to `run`, and writes one receipt (key, request hash, outcome)
 * for each. A key seen before with the same body gives the first outcome, refusals included; with
 * another body the refusal `KEY_REUSED`. Two transactions that race for a key: one wins, the other
 * is run again by {@link withTransaction} and then finds the winner's receipt.
 *
 * @param run gets the indexes of the fresh commands and answers one outcome each, in that order.
 * @param workflowId recorded with the receipt, so that every effect leads to its workflow.
 * @returns one outcome per command, in order.
 */
export async function once<Outcome extends Json>(
  tx: Tx,
  commands: readonly Command[],
  workflowId: string,
  run: (fresh: readonly number[]) => Promise<readonly Outcome[]>,
): Promise<readonly (Outcome | Refusal)[]> {
  const hashes = commands.map(({ body }) => requestHash(body));
  const known = await findReceipts(tx, commands);
  const firstIndexes = new Map<string, number>();
  commands.forEach(({ key }, index) => {
    if (!known.has(key) && !firstIndexes.has(key)) firstIndexes.set(key, index);
  });
  const fresh = [...firstIndexes.values()];
  const outcomes = fresh.length === 0 ? [] : await run(fresh);
  if (outcomes.length !== fresh.length) {
    throw new Error(`${fresh.length} commands were run, but ${outcomes.length} outcomes came back`);
  }
  for (const [place, index] of fresh.entries()) {
    const key = commands[index]?.key ?? '';
    known.set(key, {
      key,
      request_hash: hashes[index] ?? '',
      outcome: outcomes[place] as Outcome,
    });
  }
  await writeReceipts(
    tx,
    fresh.map((index) => known.get(commands[index]?.key ?? '')),
    workflowId,
  );
  return commands.map(({ key }, index) => {
    const receipt = known.get(key);
    if (receipt === undefined) throw new Error(`no receipt for ${key}`);
    return receipt.request_hash === hashes[index] ? (receipt.outcome as Outcome) : keyReused(key);
  });
}

/** Which of some commands have a receipt, by their keys. */
export async function readReceiptKeys(
  queryable: Queryable,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await queryable.query<{ key: string }>(
    'select key from database.receipt where key = any($1)',
    [keys],
  );
  return new Set(rows.map(({ key }) => key));
}

function keyReused(key: string): Refusal {
  return refuse(
    'KEY_REUSED',
    `"${key}" was used before with another body: a correction needs a key of its own`,
    { key },
  );
}

async function findReceipts(
  tx: Tx,
  commands: readonly Command[],
): Promise<Map<string, ReceiptRow>> {
  const rows = await tx.query<ReceiptRow>(
    `select key, request_hash, outcome from database.receipt where key = any($1)`,
    [commands.map(({ key }) => key)],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

async function writeReceipts(
  tx: Tx,
  receipts: readonly (ReceiptRow | undefined)[],
  workflowId: string,
): Promise<void> {
  const sorted = receipts
    .filter((receipt) => receipt !== undefined)
    .sort((left, right) => (left.key < right.key ? -1 : 1));
  if (sorted.length === 0) return;
  const written = await tx.query<{ key: string }>(
    `insert into database.receipt (key, request_hash, outcome, workflow_id)
     select key, request_hash, outcome, $4
     from unnest($1::text[], $2::text[], $3::jsonb[]) as fresh (key, request_hash, outcome)
     on conflict (key) do nothing
     returning key`,
    [
      sorted.map(({ key }) => key),
      sorted.map(({ request_hash }) => request_hash),
      sorted.map(({ outcome }) => JSON.stringify(outcome)),
      workflowId,
    ],
  );
  if (written.length < sorted.length) {
    throw new RetryTransactionError('another transaction ran some of the same commands first');
  }
}
