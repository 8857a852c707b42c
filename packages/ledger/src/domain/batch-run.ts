import { maxMinor, type AccountState } from './account.ts';
import type { HoldState, KeptRefusal, LedgerState } from './ledger-state.ts';
import type { PostedTransfer } from './transfer.ts';

/** An account while a batch is under way. */
export interface RunningAccount {
  readonly before: AccountState;
  readonly floorMinor: bigint;
  readonly ceilingMinor: bigint;
  balanceMinor: bigint;
  heldDebitMinor: bigint;
  heldCreditMinor: bigint;
  transferCount: bigint;
}

/**
 * A state with what a batch has done to it so far. What was posted can be taken back, last first:
 * a chain that breaks leaves nothing.
 */
export class BatchRun {
  readonly #state: LedgerState;
  readonly #accounts = new Map<string, RunningAccount>();
  readonly #posted = new Map<string, PostedTransfer>();
  /** The transfers posted now, in order. */
  readonly accepted: PostedTransfer[] = [];
  /** The refusals to be kept, by id. */
  readonly refusals = new Map<string, KeptRefusal>();
  /** The holds that were made or resolved now. */
  readonly holds = new Map<string, HoldState>();
  /** By id of the original, where it grew. */
  readonly reversedMinor = new Map<string, bigint>();

  constructor(state: LedgerState) {
    this.#state = state;
  }

  get nowMs(): number {
    return this.#state.nowMs;
  }

  transfer(id: string): PostedTransfer | undefined {
    return this.#posted.get(id) ?? this.#state.transfers.get(id);
  }

  refusal(id: string): KeptRefusal | undefined {
    return this.refusals.get(id) ?? this.#state.refusals.get(id);
  }

  hold(id: string): HoldState | undefined {
    return this.holds.get(id) ?? this.#state.holds.get(id);
  }

  reversed(originalId: string): bigint {
    return this.reversedMinor.get(originalId) ?? this.#state.reversedMinor.get(originalId) ?? 0n;
  }

  account(code: string): RunningAccount | undefined {
    const known = this.#accounts.get(code);
    if (known !== undefined) return known;
    const before = this.#state.accounts.get(code);
    if (before === undefined) return undefined;
    const running = {
      before,
      floorMinor: before.floorMinor ?? -maxMinor,
      ceilingMinor: before.ceilingMinor ?? maxMinor,
      balanceMinor: before.balanceMinor,
      heldDebitMinor: before.heldDebitMinor,
      heldCreditMinor: before.heldCreditMinor,
      transferCount: before.transferCount,
    };
    this.#accounts.set(code, running);
    return running;
  }

  /** Posts a transfer whose effect is in the accounts already. */
  accept(posted: PostedTransfer): void {
    this.accepted.push(posted);
    this.#posted.set(posted.id, posted);
  }

  /** Takes back what was posted since `accepted` had this length. */
  takeBack(length: number): void {
    for (const posted of this.accepted.splice(length).toReversed()) {
      this.#posted.delete(posted.id);
      this.applyEffect(posted, -1n);
    }
  }

  /**
   * What a transfer does to accounts, holds and originals; with the sign -1 it undoes it.
   */
  applyEffect(posted: PostedTransfer, sign: 1n | -1n): void {
    const debit = this.#touched(posted.debitAccount);
    const credit = this.#touched(posted.creditAccount);
    debit.transferCount += sign;
    credit.transferCount += sign;
    const heldMinor = this.#resolveOrHold(posted, sign);
    if (heldMinor !== 0n) {
      debit.heldDebitMinor += sign * heldMinor;
      credit.heldCreditMinor += sign * heldMinor;
    }
    if (!movesMoney(posted)) return;
    const minor = sign * posted.amount.minor;
    debit.balanceMinor -= minor;
    credit.balanceMinor += minor;
    if (posted.kind !== 'reversal' || posted.originalId === null) return;
    const reversed = this.reversed(posted.originalId) + minor;
    this.reversedMinor.set(posted.originalId, reversed);
  }

  /** Notes what becomes of the hold, and gives by how much the transfer raises what is held. */
  #resolveOrHold(
    posted: Pick<PostedTransfer, 'id' | 'kind' | 'amount' | 'timeoutMs' | 'originalId'>,
    sign: 1n | -1n,
  ): bigint {
    switch (posted.kind) {
      case 'direct':
      case 'reversal':
        return 0n;
      case 'hold': {
        const { timeoutMs, amount } = posted;
        const expiresAtMs = timeoutMs === null ? null : this.nowMs + timeoutMs;
        const state = { amountMinor: amount.minor, expiresAtMs, resolution: null };
        if (sign === 1n) this.holds.set(posted.id, state);
        else this.holds.delete(posted.id);
        return amount.minor;
      }
      case 'post-hold':
      case 'void-hold':
      case 'expire-hold': {
        const hold = this.hold(posted.originalId ?? '');
        if (hold === undefined) throw new Error(`${posted.id} resolves a hold that is not there`);
        const resolution = sign === 1n ? posted.kind : null;
        this.holds.set(posted.originalId ?? '', { ...hold, resolution });
        return -hold.amountMinor;
      }
    }
  }

  #touched(code: string): RunningAccount {
    const account = this.account(code);
    if (account === undefined) throw new Error(`touched the unknown account ${code}`);
    return account;
  }

  /** The accounts that the accepted transfers touched, as they are now. */
  changedAccounts(): readonly AccountState[] {
    const changed: AccountState[] = [];
    for (const running of this.#accounts.values()) {
      const { before, balanceMinor, heldDebitMinor, heldCreditMinor, transferCount } = running;
      if (transferCount === before.transferCount) continue;
      changed.push({ ...before, balanceMinor, heldDebitMinor, heldCreditMinor, transferCount });
    }
    return changed;
  }
}

/** Whether a transfer changes balances, and not just what is held. */
export function movesMoney({ kind }: Pick<PostedTransfer, 'kind'>): boolean {
  return kind === 'direct' || kind === 'post-hold' || kind === 'reversal';
}
