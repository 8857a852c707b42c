import { withTransaction, type Tx } from '@sluice/database';
import { expectAnswer, fromWire, isRefusal, money, type Money, type Refusal } from '@sluice/money';
import {
  createPayout,
  nextStep,
  readPayout,
  recordAnswer,
  recordTransition,
  startAttempt,
  type NewPayout,
  type Payout,
  type PayoutState,
  type Rail,
  type RailAnswer,
  type Recorded,
} from '@sluice/payout';
import { numberTask, routeDeposit, routeTask, type AccountPart } from '@sluice/settlement';
import { ApplicationFailure } from '@temporalio/activity';
import type { Activities, PayoutInput, PayoutReserved, PayoutView } from '../contract.ts';
import { currentWorkflowId } from './current-workflow.ts';
import type { Dependencies } from './dependencies.ts';
import { tryLater } from './plan-payouts.ts';
import {
  bookTogether,
  ledgerBalances,
  orRefusal,
  postLinked,
  refuseAll,
  subAccountParameters,
  type Booking,
} from './post-bookings.ts';

type PayoutActivities = Pick<Activities, 'reservePayout' | 'submitPayment' | 'queryPayment'>;

/** The activities of a payout: put the money aside, send it once, ask what became of it. */
export function createPayoutActivities(dependencies: Dependencies): PayoutActivities {
  const { database, rail, log } = dependencies;
  return {
    async reservePayout(input) {
      const reserved = await reserve(dependencies, input, currentWorkflowId());
      log.info({ payout: input.payoutId, answer: reserved.kind }, 'payout reserved');
      return reserved;
    },
    async submitPayment({ payoutId, mainAccountId }) {
      const workflowId = currentWorkflowId();
      const started = await withTransaction(database, (tx) =>
        startAttempt(tx, { id: payoutId, workflowId }),
      );
      if (isRefusal(started)) throw broken(started);
      const { send, instruction } = started;
      // Only the caller whose transaction wrote the attempt sends; whoever finds it there asks.
      const answer = send
        ? await rail.submit(instruction)
        : await rail.query(instruction.attemptKey);
      const { attemptKey } = instruction;
      return record(dependencies, mainAccountId, { attemptKey, answer, workflowId });
    },
    async queryPayment({ payoutId, mainAccountId }) {
      const payout = await readPayout(database, payoutId);
      const attempt = payout?.attempts.at(-1);
      if (attempt === undefined) throw new Error(`payout ${payoutId} was never sent`);
      const { attemptKey } = attempt;
      const answer = await rail.query(attemptKey);
      const workflowId = currentWorkflowId();
      return record(dependencies, mainAccountId, { attemptKey, answer, workflowId });
    },
  };
}

/** A state that a person has to look at: trying again cannot mend it. */
function broken({ message, code, details }: Refusal): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code, details);
}

async function reserve(
  { database, program, rail }: Dependencies,
  input: PayoutInput,
  workflowId: string,
): Promise<PayoutReserved | Refusal> {
  const { payoutId, sellerId, mainAccountId } = input;
  const amount = fromWire(input.amount);
  if (isRefusal(amount)) return amount;
  const numbered = await withTransaction(database, (tx) =>
    numberTask(tx, { mainAccountId, taskKey: payoutId }),
  );
  if (isRefusal(numbered)) return numbered;
  return orRefusal(
    withTransaction(database, async (tx) => {
      const { reference } = input;
      const payout = newPayout(rail, { id: payoutId, sellerId, amount, reference });
      const created = await createPayout(tx, { ...payout, workflowId });
      if (isRefusal(created)) return refuseAll(created);
      const routed = await routeTask(tx, {
        mainAccountId,
        taskKey: payoutId,
        amountMinor: amount.minor,
        balances: ledgerBalances(tx),
      });
      if (isRefusal(routed)) return lackFunds(tx, payoutId, routed, workflowId);
      if (routed.kind !== 'routed') return routed;
      const { parts, sequence } = routed;
      const reserved = expectAnswer(
        await recordTransition(tx, {
          id: payoutId,
          event: 'reserve',
          reason: `on ${parts.map(({ account }) => account).join(', ')}`,
          workflowId,
        }),
      );
      if (reserved.changed) {
        const bookings = reservation(reserved.payout, mainAccountId, parts);
        await postLinked(tx, bookTogether(program, bookings), { retryBelowFloorOf: 'settlement/' });
      }
      return {
        kind: 'reserved',
        sequence: sequence.toString(),
        subAccounts: parts.map(({ account }) => account),
      } as const;
    }),
  );
}

/** What a payout's record says, the same at every retry. */
export function newPayout(
  rail: Pick<Rail, 'name'>,
  about: {
    readonly id: string;
    readonly sellerId: string;
    readonly amount: Money;
    readonly reference: string;
  },
): NewPayout {
  const { id, sellerId, amount, reference } = about;
  return {
    id,
    sellerId,
    amount,
    creditor: { account: `SBX-${sellerId}`, name: `Seller ${sellerId}` },
    rail: rail.name,
    remittance: `Subsidies of ${reference}`,
  };
}

/** A payout that the main account cannot cover waits for money, in plain sight. */
async function lackFunds(
  tx: Tx,
  id: string,
  refusal: Refusal,
  workflowId: string,
): Promise<PayoutReserved> {
  if (refusal.code !== 'INSUFFICIENT_BALANCE') return refuseAll(refusal);
  const { message } = refusal;
  expectAnswer(
    await recordTransition(tx, { id, event: 'lack-funds', reason: message, workflowId }),
  );
  return { kind: 'awaiting-funds', message };
}

/** What the seller is owed goes to clearing, and a sub-account's money is on its way to him. */
function reservation(
  payout: Payout,
  mainAccount: string,
  parts: readonly AccountPart[],
): readonly Booking[] {
  const event = eventOf(payout, payout.attempts.length + 1);
  return [
    {
      ...event('payout.owed', 'owed'),
      parameters: { seller: payout.sellerId, mainAccount },
      amounts: { owed: payout.amount },
    },
    ...toParts(payout, parts, event, 'payout.reserved'),
  ];
}

type Event = (type: string, step: string) => Pick<Booking, 'type' | 'key' | 'reference' | 'at'>;

/** Bookings of one attempt of a payout count from its creation: a time that every retry knows. */
function eventOf({ id, createdAt }: Payout, attempt: number): Event {
  const at = createdAt.toISOString();
  return (type, step) => ({ type, key: `payout:${id}/${attempt}/${step}`, reference: id, at });
}

function toParts(
  { amount: { currency } }: Payout,
  parts: readonly AccountPart[],
  event: Event,
  type: string,
): readonly Booking[] {
  return parts.map(({ account, amountMinor }) => ({
    ...event(type, `${type}/${account}`),
    parameters: { currency, ...subAccountParameters(account) },
    amounts: { part: money(amountMinor, currency) },
  }));
}

/** Records what the bank said and books what it means, in one transaction. */
async function record(
  dependencies: Dependencies,
  mainAccountId: string,
  said: { readonly attemptKey: string; readonly answer: RailAnswer; readonly workflowId: string },
): Promise<PayoutView> {
  const { database, program, log } = dependencies;
  const recorded = await withTransaction(database, async (tx) => {
    const change = await recordAnswer(tx, said);
    if (isRefusal(change)) throw broken(change);
    if (change.changed) {
      const bookings = await consequences(tx, mainAccountId, change);
      await postLinked(tx, bookTogether(program, bookings), { retryBelowFloorOf: 'settlement/' });
    }
    return change.payout;
  });
  log.info(
    { attempt: said.attemptKey, bank: said.answer.kind, state: recorded.state },
    'bank said',
  );
  return viewOf(recorded);
}

const hasLeft: ReadonlySet<PayoutState> = new Set(['settled', 'final', 'returned']);

/**
 * What a change of state means for the books. An answer may skip states: a payment that comes back
 * before we saw it settle is booked as both.
 */
async function consequences(
  tx: Tx,
  mainAccountId: string,
  { payout, from, to }: Recorded,
): Promise<readonly Booking[]> {
  const event = eventOf(payout, payout.attempts.length);
  const { amount } = payout;
  const bookings: Booking[] = [];
  if (hasLeft.has(to) && !hasLeft.has(from)) {
    bookings.push({
      ...event('payout.settled', 'settled'),
      parameters: { currency: amount.currency },
      amounts: { paid: amount },
    });
  }
  if (to === 'returned' || to === 'rejected') {
    bookings.push(...(await givenBack(tx, mainAccountId, payout, `payout.${to}`)));
  }
  return bookings;
}

/** The money is with us again, on the active sub-accounts, and the seller is owed it again. */
async function givenBack(
  tx: Tx,
  mainAccount: string,
  payout: Payout,
  type: string,
): Promise<readonly Booking[]> {
  const event = eventOf(payout, payout.attempts.length);
  const parts = await depositParts(tx, mainAccount, payout.amount);
  return [
    ...toParts(payout, parts, event, type),
    {
      ...event('payout.owed-again', 'owed-again'),
      parameters: { seller: payout.sellerId, mainAccount },
      amounts: { owed: payout.amount },
    },
  ];
}

async function depositParts(
  tx: Tx,
  mainAccountId: string,
  amount: Money,
): Promise<readonly AccountPart[]> {
  const deposit = await routeDeposit(tx, {
    mainAccountId,
    amountMinor: amount.minor,
    balances: ledgerBalances(tx),
  });
  if (isRefusal(deposit)) throw broken(deposit);
  if (deposit.kind === 'wait') throw tryLater(deposit.waitMs);
  return deposit.parts;
}

function viewOf(payout: Payout): PayoutView {
  const attempt = payout.attempts.at(-1);
  return {
    kind: 'payout',
    state: payout.state,
    next: nextOf(payout),
    attempts: payout.attempts.length,
    bankReference: attempt?.bankReference ?? null,
    reason: attempt?.reasonCode ?? null,
  };
}

function nextOf(payout: Payout): PayoutView['next'] {
  const step = nextStep(payout);
  if (step === 'submit' || step === 'query' || step === 'done') return step;
  return payout.state === 'settled' ? 'watch-for-return' : 'wait-for-bank';
}
