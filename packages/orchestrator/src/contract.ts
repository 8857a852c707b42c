import type { Refusal, WireMoney } from '@sluice/money';
import type { RuleRolloutSteps } from './rule-rollout-contract.ts';

/** A funding source as it stands in a workflow's input. */
export interface FundingSourceInput {
  readonly id: string;
  /** The most that it gives to this pool: its mandate. */
  readonly capacity: WireMoney;
  /** The most that its account may owe over all pools. */
  readonly creditLimit: WireMoney;
  /** Lower is asked first. */
  readonly priority: number;
  /** `YYYY-MM-DD`, or null when the money does not expire. */
  readonly expiresOn: string | null;
  readonly serves: readonly { readonly kind: string; readonly brand?: string }[];
}

/** Opens a pool: its period, who pays into it, and the account that sellers are paid from. */
export interface PoolLifecycleInput {
  readonly poolId: string;
  readonly name: string;
  readonly currency: string;
  /** `YYYY-MM-DD`, both inclusive. */
  readonly opensOn: string;
  readonly closesOn: string;
  readonly weeks: number;
  readonly sources: readonly FundingSourceInput[];
  readonly mainAccount: MainAccountInput;
  /** What the runs before found, when this one continues them; absent in the first. */
  readonly progress?: PoolProgress;
}

/** What a pool's workflow has found out so far. */
export interface PoolProgress {
  readonly sizing: PoolSizing;
  readonly opened: PoolOpened;
}

/** The paying main account and how it is split. */
export interface MainAccountInput {
  readonly id: string;
  readonly subAccounts: number;
  /** The share of sub-accounts above the threshold below which they are redistributed, in bps. */
  readonly presetShareBps: number;
  /** The least that a healthy sub-account holds; at least the largest payout. */
  readonly threshold: WireMoney;
  /** How long a task waits while the account is redistributed. */
  readonly waitMs: number;
}

/** What the sizing of a pool found. */
export interface PoolSizing {
  readonly kind: 'sized';
  readonly sellers: number;
  readonly expected: WireMoney;
  readonly size: WireMoney;
  readonly model: string;
}

/** What opening a pool did. */
export interface PoolOpened {
  readonly kind: 'opened';
  readonly size: WireMoney;
  readonly mandates: number;
  readonly mandated: WireMoney;
}

/** What closing a pool gave back: the unused part of each mandate. */
export interface PoolClosed {
  readonly kind: 'closed';
  readonly released: readonly { readonly sourceId: string; readonly unused: WireMoney }[];
}

/** One payout to be made. */
export interface PlannedPayout {
  readonly payoutId: string;
  readonly sellerId: string;
  readonly amount: WireMoney;
}

/** Who is owed money, after the main account was given enough to pay them. */
export interface PayoutPlan {
  readonly kind: 'planned';
  readonly toppedUp: WireMoney;
  readonly payouts: readonly PlannedPayout[];
  /** More sellers are owed money than one plan lists: start these, then plan again. */
  readonly more: boolean;
  /**
   * Owed, but the bank returned or rejected their last payout: an operator has to look first.
   * Of very many, the first ones.
   */
  readonly held: readonly PlannedPayout[];
}

/** A batch of recorded redemptions, settled chunk by chunk. */
export interface RedemptionBatchInput {
  readonly poolId: string;
  readonly batchId: string;
  readonly chunkSize: number;
  /** How many rows the intake recorded; for the progress only. */
  readonly redemptions: number;
  /** Where a continued run goes on; absent in the first. */
  readonly progress?: BatchProgress;
}

/** How far a batch is. Amounts are of the batch so far. */
export interface BatchProgress {
  /** The intake sequence of the last settled row, as text. */
  readonly afterSequence: string;
  readonly paid: number;
  readonly refused: number;
  readonly parked: number;
  /** Null before the first row. */
  readonly subsidy: WireMoney | null;
  /** What of it the platform kept; absent in a batch that began before there was a fee. */
  readonly fee?: WireMoney | null;
}

/** One chunk's result. */
export interface ChunkSettled {
  readonly kind: 'settled';
  /** How many rows the chunk had: fewer than asked for in the last one. */
  readonly rows: number;
  /** How far the batch is with this chunk. */
  readonly progress: BatchProgress;
}

/** Whose redemption it is. */
export interface SellerFound {
  readonly kind: 'found';
  readonly sellerId: string;
}

/** The discounts that the rules gave one redemption. */
export interface DiscountDecision {
  readonly kind: 'decided';
  /** Absent where no till decided before. */
  readonly till?: 'same' | 'different';
  readonly discounts: Readonly<Record<string, WireMoney>>;
  readonly explanation: readonly string[];
}

/** The subsidy that the tariffs make of the discounts. */
export interface SubsidyQuote {
  readonly kind: 'quoted';
  readonly components: readonly {
    readonly kind: string;
    readonly brand: string | null;
    readonly amount: WireMoney;
    readonly tariff: string;
  }[];
  readonly subsidy: WireMoney;
  /** What the platform keeps of the subsidy of each discount. */
  readonly fees: readonly {
    readonly kind: string;
    readonly amount: WireMoney;
    readonly tariff: string;
  }[];
  /** The sum of the fees. */
  readonly fee: WireMoney;
}

/** What became of one redemption. */
export interface RedemptionOutcome {
  readonly kind: 'paid' | 'refused' | 'parked';
  /** Paid, or asked for and not paid. */
  readonly subsidy: WireMoney;
  /** What of it the platform kept; absent in histories from before there was a fee. */
  readonly fee?: WireMoney;
  /** What of it is the seller's: nothing unless paid. Absent where the fee is. */
  readonly net?: WireMoney;
  readonly refusal: Refusal | null;
  /** The payout that was recorded with it; null when its money waits for the seller's next one. */
  readonly payoutId: string | null;
}

/** One redemption through the single lane. */
export interface SubsidyPayoutInput {
  readonly poolId: string;
  readonly redemptionId: string;
  readonly mainAccountId: string;
  readonly watch: PayoutWatch;
}

/** How long a payout waits between two looks at the bank; whole milliseconds, at least 1. */
export interface PayoutWatch {
  /** While the bank has not answered clearly. */
  readonly pollMs: number;
  /** While a settled payment can still come back. */
  readonly returnPollMs: number;
}

/** One payout to one seller. */
export interface PayoutInput {
  readonly payoutId: string;
  readonly sellerId: string;
  readonly amount: WireMoney;
  readonly mainAccountId: string;
  /** The pool or redemption that the money was earned in. */
  readonly reference: string;
  readonly watch: PayoutWatch;
  /** Where a continued run goes on; absent in the first. */
  readonly progress?: PayoutProgress;
}

/** How far a payout is: reserved, and what the bank said last. */
export interface PayoutProgress {
  readonly subAccounts: readonly string[];
  readonly view: PayoutView;
  /** How many answers in a row left it unclear whether the bank has it. */
  readonly unclear: number;
}

/** What a payout's record and reservation are made of. */
export type PayoutOrder = Omit<PayoutInput, 'watch' | 'progress'>;

/** Which payout, paid from which main account. */
export interface PaymentName {
  readonly payoutId: string;
  readonly mainAccountId: string;
}

/** What reserving a payout on a sub-account answered. */
export type PayoutReserved =
  | {
      readonly kind: 'reserved';
      readonly subAccounts: readonly string[];
      readonly sequence: string;
    }
  | { readonly kind: 'redistribute'; readonly generation: number }
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** The main account cannot cover it now; why, in words. */
  | { readonly kind: 'awaiting-funds'; readonly message: string };

/** What the bank last said of a payout. */
export interface PayoutView {
  readonly kind: 'payout';
  readonly state: string;
  readonly next: 'submit' | 'query' | 'wait-for-bank' | 'watch-for-return' | 'done';
  readonly attempts: number;
  readonly bankReference: string | null;
  readonly reason: string | null;
}

/** One redistribution of a main account's generation. */
export interface RedistributionInput {
  readonly mainAccountId: string;
  readonly generation: number;
}

/** What beginning a redistribution answered; `not-needed` also when it was done before. */
export interface RedistributionBegun {
  readonly kind: 'begun' | 'not-needed';
  /** The size of the next generation; of the active one when nothing was begun. */
  readonly subAccounts: number;
}

/** How a redistribution went. */
export interface RedistributionResult {
  readonly kind: 'redistributed' | 'not-needed';
  /** The active generation now. */
  readonly generation: number;
  readonly subAccounts: number;
}

/** Whose bookings, and by which rule, go to the accounting server. */
export interface BookingBatchInput {
  readonly institution: string;
  /** Business type of the booking rule. */
  readonly rule: string;
  /** Where a continued run goes on; absent in the first. */
  readonly progress?: BookingBatchProgress;
}

/** What a look at a rule's tasks found. */
export interface BookingsLooked {
  readonly kind: 'looked';
  /** The trigger that closed a task just now; null when none was due. */
  readonly closed: 'period' | 'accounts' | 'entries' | null;
  /** The task that gathers; null when none does. */
  readonly open: {
    readonly entries: number;
    readonly accounts: number;
    readonly dueInMs: number;
  } | null;
  /** Closed tasks that the server has not answered for. */
  readonly unsent: number;
  readonly refused: number;
  /** Key of the one to send next. */
  readonly next: string | null;
}

/** What the accounting server said of a batch; `unknown` until it says something clear. */
export type BookingBatchSent =
  | { readonly kind: 'accepted'; readonly receipt: string; readonly entries: number }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** How far the sending of a rule's bookings is. */
export interface BookingBatchProgress {
  /** Accepted since the workflow began, with their entries. */
  readonly batches: number;
  readonly entries: number;
  /** How many answers in a row were unclear. */
  readonly unclear: number;
  readonly needsOperator: boolean;
  /** What the server said last, in words. */
  readonly said: string;
  /** The last look; null before the first. */
  readonly seen: BookingsLooked | null;
}

/** How often the ledger's upkeep is done. */
export interface LedgerUpkeepInput {
  readonly everyMs: number;
  /** Where a continued run goes on; absent in the first. */
  readonly progress?: LedgerUpkeepProgress;
}

/** What one step of the sealer did: as the ledger's `SealStep`, its head as plain JSON. */
export interface LedgerSealed {
  readonly kind: 'sealed' | 'nothing-new' | 'waiting' | 'overtaken';
  readonly seals: number;
  readonly transfers: number;
  /** How old the oldest transfer without a seal was. */
  readonly lagMs: number;
  /** The chain's last seal; `through` is an ISO 8601 instant. */
  readonly head: { readonly number: number; readonly hash: string; readonly through: string };
}

/** What the ledger's upkeep has done since it began. */
export interface LedgerUpkeepProgress {
  readonly seals: number;
  readonly transfers: number;
  /** How many holds were freed because their time was over. */
  readonly holds: number;
  /** The last step of the sealer; null before the first. */
  readonly last: LedgerSealed | null;
}

/**
 * The activities that the workflows call, each safe to repeat. Each answers, or refuses by a value;
 * what it throws is tried again, but for the few refusals that no other try can mend.
 */
export interface Activities extends RuleRolloutSteps {
  sizePool(input: PoolLifecycleInput): Promise<PoolSizing | Refusal>;
  openPool(input: PoolLifecycleInput): Promise<PoolOpened | Refusal>;
  closePool(input: {
    readonly poolId: string;
    readonly currency: string;
  }): Promise<PoolClosed | Refusal>;
  planPayouts(input: {
    readonly poolId: string;
    readonly mainAccountId: string;
    readonly runId: string;
  }): Promise<PayoutPlan | Refusal>;
  settleChunk(input: {
    readonly poolId: string;
    readonly batchId: string;
    readonly limit: number;
    readonly progress: BatchProgress;
  }): Promise<ChunkSettled | Refusal>;
  decideDiscounts(input: { readonly redemptionId: string }): Promise<DiscountDecision | Refusal>;
  quoteSubsidy(input: { readonly redemptionId: string }): Promise<SubsidyQuote | Refusal>;
  drawAndBook(input: {
    readonly poolId: string;
    readonly redemptionId: string;
  }): Promise<RedemptionOutcome | Refusal>;
  sellerOf(input: { readonly redemptionId: string }): Promise<SellerFound | Refusal>;
  reservePayout(input: PayoutOrder): Promise<PayoutReserved | Refusal>;
  submitPayment(input: PaymentName): Promise<PayoutView>;
  queryPayment(input: PaymentName): Promise<PayoutView>;
  beginRedistribution(input: RedistributionInput): Promise<RedistributionBegun | Refusal>;
  moveBalances(
    input: RedistributionInput,
  ): Promise<{ readonly kind: 'moved'; readonly moves: number }>;
  completeRedistribution(input: RedistributionInput): Promise<RedistributionResult | Refusal>;
  sealLedger(input: Readonly<Record<string, never>>): Promise<LedgerSealed>;
  expireHolds(input: {
    readonly limit: number;
  }): Promise<{ readonly kind: 'expired'; readonly expired: number }>;
  lookAtBookings(input: BookingBatchInput): Promise<BookingsLooked>;
  sendBookingBatch(input: { readonly key: string }): Promise<BookingBatchSent | Refusal>;
  sendRefusedBookings(
    input: BookingBatchInput,
  ): Promise<{ readonly kind: 'taken-up'; readonly tasks: number }>;
}
