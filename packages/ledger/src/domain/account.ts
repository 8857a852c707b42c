import { refuse, type Currency, type Refusal } from '@sluice/money';
import { isAccountCode } from './account-code.ts';
import { metadataFault, type AccountMetadata } from './account-metadata.ts';

/**
 * An account to open. It has one signed balance, credits - debits, which starts at zero and stays
 * within floor and ceiling. A funding source with a capacity has the floor -capacity.
 */
export interface Account {
  /** Unique, for ever: `funding/match-fund`, `payable/330`. */
  readonly code: string;
  readonly currency: Currency;
  /** The lowest balance allowed, in minor units, zero or below; null for no limit. */
  readonly floorMinor: bigint | null;
  /** The highest balance allowed, in minor units, zero or above; null for no limit. */
  readonly ceilingMinor: bigint | null;
  /** What its owner says about it; may be changed later. */
  readonly metadata?: AccountMetadata;
}

/** An account with what happened on it so far. */
export interface AccountState extends Account {
  readonly balanceMinor: bigint;
  /** What open holds reserve of its balance: balance - this stays at or above the floor. */
  readonly heldDebitMinor: bigint;
  /** What open holds reserve below its ceiling: balance + this stays at or below it. */
  readonly heldCreditMinor: bigint;
  /** How many transfers touched it. */
  readonly transferCount: bigint;
  /** A closed account lets holds be voided and nothing else. */
  readonly isClosed: boolean;
}

/** The refusal `ACCOUNT_UNKNOWN`. */
export function accountUnknown(code: string): Refusal {
  return refuse('ACCOUNT_UNKNOWN', `there is no account "${code}"`, { account: code });
}

/** What a PostgreSQL `bigint` holds: the limit of each amount and, either way, of each balance. */
export const maxMinor = 2n ** 63n - 1n;

/**
 * Why an account cannot be opened: `ACCOUNT_CODE_MALFORMED`, `ACCOUNT_LIMITS_INVALID` or
 * `ACCOUNT_METADATA_INVALID`.
 */
export function accountFault(account: Account): Refusal | undefined {
  const { code, floorMinor, ceilingMinor } = account;
  if (!isAccountCode(code)) {
    return refuse(
      'ACCOUNT_CODE_MALFORMED',
      `"${code}" is not an account code: join segments of letters, digits and ._:- by "/", ` +
        'each starting with a letter or digit, 200 characters at most',
      { account: code },
    );
  }
  const floor = floorMinor ?? 0n;
  const ceiling = ceilingMinor ?? 0n;
  if (floor > 0n || ceiling < 0n || floor < -maxMinor || ceiling > maxMinor) {
    return refuse(
      'ACCOUNT_LIMITS_INVALID',
      `account ${code} starts at zero: give it a floor of zero or below, ` +
        `a ceiling of zero or above, neither beyond ${maxMinor} minor units`,
      {
        account: code,
        floorMinor: floorMinor?.toString() ?? null,
        ceilingMinor: ceilingMinor?.toString() ?? null,
      },
    );
  }
  return metadataFault(code, account.metadata ?? {});
}
