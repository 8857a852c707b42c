import type { Queryable, Tx } from '@sluice/database';
import { refuse, type Currency, type Refusal } from '@sluice/money';
import { isAccountCode } from '../domain/account-code.ts';
import { accountUnknown } from '../domain/account.ts';
import { metadataFault, type AccountMetadata } from '../domain/account-metadata.ts';

/** An account as it stands. */
export interface ListedAccount {
  readonly code: string;
  readonly currency: Currency;
  readonly floorMinor: bigint | null;
  readonly ceilingMinor: bigint | null;
  readonly balanceMinor: bigint;
  readonly heldDebitMinor: bigint;
  readonly heldCreditMinor: bigint;
  readonly transferCount: bigint;
  readonly isClosed: boolean;
  readonly metadata: AccountMetadata;
}

/** Which accounts to list; what is left out restricts nothing. */
export interface AccountFilter {
  /** How their codes begin: `payable/`. */
  readonly prefix?: string;
  readonly currency?: Currency;
  readonly isClosed?: boolean;
  /** Names and texts that they all carry, perhaps among others. */
  readonly metadata?: AccountMetadata;
  /** The last code of the page before. */
  readonly after?: string;
  /** Accounts per page, 1 to 1,000. */
  readonly limit: number;
}

const maxLimit = 1_000;

/**
 * Lists accounts in the order of their codes, page by page.
 *
 * @returns the accounts, fewer than `limit` when these are the last; or the refusal
 *   `ACCOUNT_LIMIT_INVALID`.
 */
export async function listAccounts(
  q: Queryable,
  { prefix, currency, isClosed, metadata, after, limit }: AccountFilter,
): Promise<readonly ListedAccount[] | Refusal> {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    return refuse('ACCOUNT_LIMIT_INVALID', `ask for 1 to ${maxLimit} accounts, not ${limit}`, {
      limit,
    });
  }
  return q.query<ListedAccount>(
    `select code, currency, floor_minor as "floorMinor", ceiling_minor as "ceilingMinor",
       balance_minor as "balanceMinor", held_debit_minor as "heldDebitMinor",
       held_credit_minor as "heldCreditMinor", transfer_count as "transferCount",
       closed_at is not null as "isClosed", metadata
     from ledger.account
     where starts_with(code, $1)
       and ($2::text is null or currency = $2)
       and ($3::boolean is null or (closed_at is not null) = $3)
       and ($4::jsonb = '{}' or (metadata <> '{}' and metadata @> $4::jsonb))
       and code > $5
     order by code
     limit $6`,
    [
      prefix ?? '',
      currency ?? null,
      isClosed ?? null,
      JSON.stringify(metadata ?? {}),
      after ?? '',
      limit,
    ],
  );
}

/**
 * Replaces what is said about an account.
 *
 * @returns the metadata, or the refusal `ACCOUNT_UNKNOWN` or `ACCOUNT_METADATA_INVALID`.
 */
export async function changeMetadata(
  tx: Tx,
  code: string,
  metadata: AccountMetadata,
): Promise<AccountMetadata | Refusal> {
  const fault = metadataFault(code, metadata);
  if (fault !== undefined) return fault;
  const rows = isAccountCode(code)
    ? await tx.query(
        'update ledger.account set metadata = $2::jsonb where code = $1 returning code',
        [code, JSON.stringify(metadata)],
      )
    : [];
  if (rows.length > 0) return metadata;
  return accountUnknown(code);
}
