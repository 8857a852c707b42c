import type { Account } from '../domain/account.ts';
import { maxMinor } from '../domain/account.ts';
import { instantMs } from '../domain/instant.ts';
import type { TransferStatus } from '../domain/transfer-status.ts';
import type { Transfer } from '../domain/transfer.ts';

/** What was posted: the request, and what it came to. */
interface Posted {
  readonly request: Transfer;
  readonly from: string;
  readonly to: string;
  readonly minor: bigint;
}

type Rule = readonly [boolean, TransferStatus];

/**
 * The ledger as one would explain it to a child: a list of what was posted, and a list of the
 * answers that are kept. A balance is added up from the list each time; a chain that fails puts the
 * list back as it was. Slow, and obviously right.
 */
export class SlowModel {
  posted: readonly Posted[] = [];
  nowMs = 0;
  readonly accounts: readonly Account[];
  readonly #kept = new Map<string, { readonly status: TransferStatus; readonly body: string }>();
  readonly #closed: ReadonlySet<string>;

  constructor(accounts: readonly Account[], closed: readonly string[] = []) {
    this.accounts = accounts;
    this.#closed = new Set(closed);
  }

  balance(code: string): bigint {
    return this.#sum(
      ({ request: { kind } }) => kind === 'direct' || kind === 'post-hold' || kind === 'reversal',
      (one) => (one.to === code ? one.minor : 0n) - (one.from === code ? one.minor : 0n),
    );
  }

  /** What open holds reserve on one side of an account. */
  held(code: string, side: 'from' | 'to'): bigint {
    return this.#sum(
      ({ request }) => request.kind === 'hold' && this.#resolver(request.id) === undefined,
      (one) => (one[side] === code ? one.minor : 0n),
    );
  }

  post(transfers: readonly Transfer[]): readonly TransferStatus[] {
    return chains(transfers).flatMap((chain) => this.#postChain(chain));
  }

  #sum(which: (one: Posted) => boolean, minor: (one: Posted) => bigint): bigint {
    return this.posted.filter(which).reduce((total, one) => total + minor(one), 0n);
  }

  #resolver(holdId: string): Transfer | undefined {
    return this.posted.find(({ request }) => 'holdId' in request && request.holdId === holdId)
      ?.request;
  }

  #postChain(chain: readonly Transfer[]): readonly TransferStatus[] {
    const before = this.posted;
    if (chain.at(-1)?.linked === true) {
      return chain.map((_, index) =>
        index === chain.length - 1 ? 'linked-chain-open' : 'linked-transfer-failed',
      );
    }
    const statuses: TransferStatus[] = [];
    for (const transfer of chain) {
      statuses.push(this.#postOne(transfer, statuses[0]));
      if (!['created', 'exists'].includes(statuses.at(-1) ?? '')) break;
    }
    const last = statuses.at(-1);
    if (last === 'created' || last === 'exists') return statuses;
    this.posted = before;
    return chain.map((_, index) => {
      const status = statuses[index];
      return status === undefined || status === 'created' ? 'linked-transfer-failed' : status;
    });
  }

  #postOne(transfer: Transfer, head: TransferStatus | undefined): TransferStatus {
    const early = first([...faults(transfer), ...this.#repeats(transfer, head)]);
    if (early !== undefined) return early;
    const body = bodyOf(transfer);
    const kept = this.#kept.get(transfer.id);
    if (kept !== undefined) return kept.body === body ? kept.status : 'refused-with-different-body';
    const { from, to, minor, rules } = this.#plan(transfer);
    const status = first([...rules, ...this.#limits(transfer, from, to, minor)]) ?? 'created';
    if (status === 'created')
      this.posted = [...this.posted, { request: transfer, from, to, minor }];
    else if (/not-found|-closed|exceeds-(floor|ceiling)/.test(status)) {
      this.#kept.set(transfer.id, { status, body });
    }
    return status;
  }

  #repeats(transfer: Transfer, head: TransferStatus | undefined): readonly Rule[] {
    const found = this.posted.find(({ request }) => request.id === transfer.id)?.request;
    if (found === undefined) return [[head === 'exists', 'linked-chain-differs']];
    const differs = (field: string): boolean => pick(found, field) !== pick(transfer, field);
    return [
      [differs('kind'), 'exists-with-different-kind'],
      [differs('debitAccount'), 'exists-with-different-debit-account'],
      [differs('creditAccount'), 'exists-with-different-credit-account'],
      [differs('holdId'), 'exists-with-different-hold'],
      [differs('originalId'), 'exists-with-different-original'],
      [differs('amount'), 'exists-with-different-amount'],
      [differs('balancing'), 'exists-with-different-balancing'],
      [differs('timeoutMs'), 'exists-with-different-timeout'],
      [differs('type'), 'exists-with-different-type'],
      [differs('reference'), 'exists-with-different-reference'],
      [differs('effectiveAt'), 'exists-with-different-effective-at'],
      [head === 'created', 'linked-chain-differs'],
      [true, 'exists'],
    ];
  }

  /** Which way how much would go, and what speaks against it before accounts are looked at. */
  #plan(transfer: Transfer): Omit<Posted, 'request'> & { readonly rules: readonly Rule[] } {
    if (transfer.kind === 'direct' || transfer.kind === 'hold') {
      const { debitAccount: from, creditAccount: to } = transfer;
      return { from, to, minor: this.#balanced(transfer), rules: [] };
    }
    const isReversal = transfer.kind === 'reversal';
    const wanted = isReversal ? transfer.originalId : transfer.holdId;
    const original = this.posted.find(({ request }) => request.id === wanted);
    if (original === undefined) {
      const status = isReversal ? 'original-not-found' : 'hold-not-found';
      return { from: '', to: '', minor: 0n, rules: [[true, status]] };
    }
    const asked = transfer.kind === 'void-hold' ? null : transfer.amount;
    const isSame = asked?.currency === this.#currency(original.from);
    const reversed = this.#sum(
      ({ request }) => request.kind === 'reversal' && request.originalId === wanted,
      ({ minor }) => minor,
    );
    if (isReversal) {
      const left = original.minor - reversed;
      const moved = ['direct', 'post-hold'].includes(original.request.kind);
      return {
        from: original.to,
        to: original.from,
        minor: asked?.minor ?? left,
        rules: [
          [!moved, 'original-not-reversible'],
          [left === 0n, 'original-already-reversed'],
          [isSame && (asked?.minor ?? 0n) > left, 'exceeds-original'],
        ],
      };
    }
    const resolver = this.#resolver(wanted);
    const { request, from, to, minor } = original;
    return {
      ...{ from, to, minor: asked?.minor ?? minor },
      rules: [
        [request.kind !== 'hold', 'not-a-hold'],
        [resolver?.kind === 'post-hold', 'hold-already-posted'],
        [resolver?.kind === 'void-hold', 'hold-already-voided'],
        [request.kind === 'hold' && (request.timeoutMs ?? Infinity) <= this.nowMs, 'hold-expired'],
        [isSame && (asked?.minor ?? 0n) > minor, 'exceeds-hold'],
      ],
    };
  }

  #limits(transfer: Transfer, from: string, to: string, minor: bigint): readonly Rule[] {
    const debit = this.accounts.find(({ code }) => code === from);
    const credit = this.accounts.find(({ code }) => code === to);
    const asked = 'amount' in transfer ? transfer.amount?.currency : undefined;
    const frees = transfer.kind === 'void-hold';
    const reserved = frees || transfer.kind === 'post-hold';
    return [
      [debit === undefined, 'debit-account-not-found'],
      [credit === undefined, 'credit-account-not-found'],
      [
        debit?.currency !== credit?.currency || (asked ?? debit?.currency) !== debit?.currency,
        'currency-differs',
      ],
      [!frees && this.#closed.has(from), 'debit-account-closed'],
      [!frees && this.#closed.has(to), 'credit-account-closed'],
      [!reserved && (minor <= 0n || minor > this.#gives(from)), 'exceeds-floor'],
      [!reserved && minor > this.#takes(to), 'exceeds-ceiling'],
    ];
  }

  #gives(code: string): bigint {
    const floor = this.accounts.find((account) => account.code === code)?.floorMinor ?? -maxMinor;
    return this.balance(code) - this.held(code, 'from') - floor;
  }

  #takes(code: string): bigint {
    const ceiling = this.accounts.find((account) => account.code === code)?.ceilingMinor;
    return (ceiling ?? maxMinor) - this.balance(code) - this.held(code, 'to');
  }

  #currency(code: string): string | undefined {
    return this.accounts.find((account) => account.code === code)?.currency;
  }

  /** As much as there is, but never nothing: then the whole is refused for the limit in its way. */
  #balanced({ amount, balancing, debitAccount, creditAccount }: Movable): bigint {
    const gives = this.#gives(debitAccount);
    const takes = this.#takes(creditAccount);
    let { minor } = amount;
    if ((balancing === 'debit' || balancing === 'both') && gives < minor && gives > 0n) {
      minor = gives;
    }
    if ((balancing === 'credit' || balancing === 'both') && takes < minor && takes > 0n) {
      // What the floor forbids is refused for the floor, whatever the ceiling would have allowed.
      if (minor <= gives) minor = takes;
    }
    return minor;
  }
}

type Movable = Extract<Transfer, { readonly debitAccount: string }>;

function faults(transfer: Transfer): readonly Rule[] {
  const amount = 'amount' in transfer ? transfer.amount : null;
  const timeoutMs = transfer.kind === 'hold' ? transfer.timeoutMs : null;
  return [
    [transfer.id.length !== 36, 'id-malformed'],
    [instantMs(transfer.effectiveAt) === undefined, 'effective-at-malformed'],
    [transfer.type === '', 'type-malformed'],
    [transfer.reference === '', 'reference-malformed'],
    ['holdId' in transfer && transfer.holdId.length !== 36, 'hold-id-malformed'],
    ['originalId' in transfer && transfer.originalId.length !== 36, 'original-id-malformed'],
    [amount !== null && amount.minor <= 0n, 'amount-not-positive'],
    [amount !== null && amount.minor > maxMinor, 'amount-too-large'],
    [timeoutMs !== null && timeoutMs <= 0, 'timeout-malformed'],
    [
      'debitAccount' in transfer && transfer.debitAccount === transfer.creditAccount,
      'accounts-equal',
    ],
  ];
}

function first(rules: readonly Rule[]): TransferStatus | undefined {
  return rules.find(([applies]) => applies)?.[1];
}

function pick(transfer: Transfer, field: string): string | undefined {
  const value = (transfer as unknown as Readonly<Record<string, unknown>>)[field];
  if (field === 'effectiveAt') return String(instantMs(String(value)));
  return value === undefined ? undefined : readable(value);
}

function bodyOf(transfer: Transfer): string {
  const fields = Object.keys(transfer).filter((field) => field !== 'linked');
  return fields
    .sort()
    .map((field) => `${field}=${pick(transfer, field)}`)
    .join('&');
}

function readable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
}

/** A batch cut into its chains; the last one may have no end. */
export function chains(transfers: readonly Transfer[]): readonly (readonly Transfer[])[] {
  const found: Transfer[][] = [];
  let isOpen = false;
  for (const transfer of transfers) {
    if (isOpen) found.at(-1)?.push(transfer);
    else found.push([transfer]);
    isOpen = transfer.linked;
  }
  return found;
}
