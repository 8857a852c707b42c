import type { Queryable, Tx } from '@sluice/database';
import { refuse, type Currency, type Refusal } from '@sluice/money';
import { accountFault, type Account } from '../domain/account.ts';
import { isAccountCode } from '../domain/account-code.ts';

/**
 * Opens the accounts that do not exist yet, with a balance of zero. Safe to repeat and to race: of
 * many transactions one opens, the others wait for it and find the account. In a transaction that
 * also posts, open first, all in one call: that is the order in which nobody waits in a circle.
 *
 * @returns one answer per account, in order: `opened` now, `exists` with the same currency and
 *   limits (its metadata stays as it is), or a refusal: `ACCOUNT_EXISTS_DIFFERENTLY`,
 *   `ACCOUNT_CODE_MALFORMED`, `ACCOUNT_LIMITS_INVALID`, `ACCOUNT_METADATA_INVALID`. A refused one
 *   does not keep the others from being opened.
 */
export async function openAccounts(
  tx: Tx,
  accounts: readonly Account[],
): Promise<readonly ('opened' | 'exists' | Refusal)[]> {
  const faults = accounts.map(accountFault);
  const wanted = new Map<string, Account>();
  accounts.forEach((account, index) => {
    if (faults[index] === undefined && !wanted.has(account.code)) wanted.set(account.code, account);
  });
  const opened = await insertAccounts(tx, [...wanted.values()]);
  const stored = new Map(wanted);
  for (const account of await findAccounts(tx, [...wanted.keys()].filter(isNotIn(opened)))) {
    stored.set(account.code, account);
  }
  return accounts.map((account, index) => {
    const fault = faults[index];
    if (fault !== undefined) return fault;
    // The first of several in one call is the one that was inserted.
    if (opened.delete(account.code)) return 'opened';
    return existing(account, stored.get(account.code));
  });
}

/**
 * The balances of accounts, in minor units, as of one moment.
 *
 * @returns by code; an account that does not exist has no key.
 */
export async function readBalances(
  q: Queryable,
  codes: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const wanted = [...new Set(codes)].filter(isAccountCode);
  if (wanted.length === 0) return new Map();
  const rows = await q.query<{ code: string; balance_minor: bigint }>(
    `select account.code, account.balance_minor
     from unnest($1::text[]) as wanted (code)
     join ledger.account using (code)`,
    [wanted],
  );
  return new Map(rows.map((row) => [row.code, row.balance_minor]));
}

function isNotIn(set: ReadonlySet<string>): (code: string) => boolean {
  return (code) => !set.has(code);
}

/** Inserts in the order of codes, so that two callers never wait for each other. */
async function insertAccounts(tx: Tx, accounts: readonly Account[]): Promise<Set<string>> {
  if (accounts.length === 0) return new Set();
  const sorted = accounts.toSorted((left, right) => (left.code < right.code ? -1 : 1));
  const rows = await tx.query<{ code: string }>(
    `insert into ledger.account (code, currency, floor_minor, ceiling_minor, metadata)
     select code, currency, floor_minor, ceiling_minor, metadata
     from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::jsonb[])
       with ordinality as fresh (code, currency, floor_minor, ceiling_minor, metadata, place)
     order by place
     on conflict (code) do nothing
     returning code`,
    [
      sorted.map(({ code }) => code),
      sorted.map(({ currency }) => currency),
      sorted.map(({ floorMinor }) => floorMinor),
      sorted.map(({ ceilingMinor }) => ceilingMinor),
      sorted.map(({ metadata }) => JSON.stringify(metadata ?? {})),
    ],
  );
  return new Set(rows.map(({ code }) => code));
}

/** A statement of its own: only a later one sees what others committed while the insert waited. */
async function findAccounts(tx: Tx, codes: readonly string[]): Promise<readonly Account[]> {
  if (codes.length === 0) return [];
  return tx.query<Account & { readonly currency: Currency }>(
    `select code, currency, floor_minor as "floorMinor", ceiling_minor as "ceilingMinor"
     from unnest($1::text[]) as wanted (code)
     join ledger.account using (code)`,
    [codes],
  );
}

function existing(account: Account, stored: Account | undefined): 'exists' | Refusal {
  if (stored === undefined) throw new Error(`account ${account.code} is neither new nor there`);
  const isSame =
    account.currency === stored.currency &&
    account.floorMinor === stored.floorMinor &&
    account.ceilingMinor === stored.ceilingMinor;
  if (isSame) return 'exists';
  return refuse(
    'ACCOUNT_EXISTS_DIFFERENTLY',
    `account ${account.code} was opened before as ${describe(stored)}, not as ` +
      `${describe(account)}: use it as it is, or open another code`,
    { account: account.code, opened: describe(stored), asked: describe(account) },
  );
}

function describe({ currency, floorMinor, ceilingMinor }: Account): string {
  return `${currency} with floor ${floorMinor ?? 'none'} and ceiling ${ceilingMinor ?? 'none'}`;
}
