import { fromWire, isRefusal, toWire } from '@sluice/money';
import { z } from 'zod';
import type {
  BankPayment,
  BankPayments,
  PaymentInstruction,
  Rail,
  RailAnswer,
} from '../domain/rail.ts';

export interface SandboxBankOptions {
  /** Where the bank listens: `http://127.0.0.1:4010`. */
  readonly baseUrl: string;
  /** How long one call may take, answer included, before its outcome is `unknown`. */
  readonly timeoutMs: number;
}

/** The rail, and the bank's own list of payments for reconciliation. */
export type SandboxBankRail = Rail & BankPayments;

/** The rail's name, as stored with each payout. */
export const sandboxBankRailName = 'sandbox-bank';

const wireMoney = z.object({ amount: z.string(), currency: z.string() });
const reference = z.string().min(1);
const day = z.iso.date();
const common = { key: z.string(), amount: wireMoney };

const paymentSchema = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('pending'), bankReference: reference }),
  z.object({
    ...{ ...common, status: z.literal('settled'), bankReference: reference },
    ...{ bookedOn: day, returnableUntil: day },
  }),
  z.object({ ...common, status: z.literal('final'), bankReference: reference, bookedOn: day }),
  z.object({
    ...{ ...common, status: z.literal('returned'), bankReference: reference },
    ...{ reasonCode: z.string().min(1), returnedOn: day },
  }),
  z.object({
    ...{ ...common, status: z.literal('rejected') },
    ...{ reasonCode: z.string().min(1), message: z.string() },
  }),
]);
type WirePayment = z.infer<typeof paymentSchema>;

const rejectionSchema = z.object({
  code: z.literal('PAYMENT_REJECTED'),
  reasonCode: z.string().min(1),
  detail: z.string(),
});
const notFoundSchema = z.object({ code: z.literal('PAYMENT_UNKNOWN') });
const pageSchema = z.object({ payments: z.array(paymentSchema), next: z.string().nullable() });

/** What came back over HTTP, or why nothing usable did. */
type Reply =
  | { readonly kind: 'reply'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unknown'; readonly message: string };

/**
 * The rail to `apps/sandbox-bank`. A time-out, a cut connection, a 5xx, a redirect, a body that
 * does not fit and a conflict on the key are all `unknown`: only the bank's explicit word rejects
 * a payment, and only its explicit word says that it has never seen one.
 */
export function createSandboxBankRail(options: SandboxBankOptions): SandboxBankRail {
  return {
    name: sandboxBankRailName,
    submit: (instruction) => submit(options, instruction),
    query: (attemptKey) => query(options, attemptKey),
    payments: () => payments(options),
  };
}

async function submit(
  options: SandboxBankOptions,
  { attemptKey, amount, creditor, remittance }: PaymentInstruction,
): Promise<RailAnswer> {
  const { sellerId, account, name } = creditor;
  const reply = await call(options, '/payments', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `"${attemptKey}"` },
    body: JSON.stringify({
      amount: toWire(amount),
      creditor: { id: sellerId, account, name },
      remittance,
    }),
  });
  if (reply.kind === 'unknown') return reply;
  const rejection = rejectionSchema.safeParse(reply.body);
  if (isClientError(reply.status) && rejection.success) {
    const { reasonCode, detail } = rejection.data;
    return { kind: 'rejected', reasonCode, message: detail };
  }
  return answerOf(reply, attemptKey);
}

async function query(options: SandboxBankOptions, attemptKey: string): Promise<RailAnswer> {
  const reply = await call(options, `/payments/${encodeURIComponent(attemptKey)}`);
  if (reply.kind === 'unknown') return reply;
  // A 404 without the bank's own code may come from a proxy, or from another server altogether.
  if (reply.status === 404 && notFoundSchema.safeParse(reply.body).success) {
    return { kind: 'not-found' };
  }
  return answerOf(reply, attemptKey);
}

async function payments(options: SandboxBankOptions): Promise<readonly BankPayment[]> {
  const found: BankPayment[] = [];
  let next: string | null = '';
  while (next !== null) {
    const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
    const reply: Reply = await call(options, `/payments?limit=1000${after}`);
    if (reply.kind === 'unknown') throw new Error(`bank ${options.baseUrl}: ${reply.message}`);
    if (reply.status !== 200) throw new Error(`bank ${options.baseUrl}: HTTP ${reply.status}`);
    const page = pageSchema.parse(reply.body);
    found.push(...page.payments.map(bankPaymentOf));
    next = page.next;
  }
  return found;
}

function bankPaymentOf({ key, amount, status }: WirePayment): BankPayment {
  const parsed = fromWire(amount);
  if (isRefusal(parsed)) throw new Error(`the bank's payment "${key}": ${parsed.message}`);
  return { attemptKey: key, amount: parsed, status };
}

const isClientError = (status: number): boolean => status >= 400 && status < 500;

function answerOf(reply: Reply & { readonly kind: 'reply' }, attemptKey: string): RailAnswer {
  if (reply.status !== 200 && reply.status !== 201) return unknownReply(reply);
  const parsed = paymentSchema.safeParse(reply.body);
  if (!parsed.success) {
    return { kind: 'unknown', message: 'the bank answered with something that is no payment' };
  }
  if (parsed.data.key !== attemptKey) {
    return { kind: 'unknown', message: `the bank answered about "${parsed.data.key}" instead` };
  }
  return railAnswerOf(parsed.data);
}

function railAnswerOf(payment: WirePayment): RailAnswer {
  switch (payment.status) {
    case 'pending':
      return { kind: 'pending', bankReference: payment.bankReference };
    case 'settled': {
      const { bankReference, bookedOn, returnableUntil } = payment;
      return { kind: 'settled', bankReference, bookedOn, returnableUntil };
    }
    case 'final': {
      const { bankReference, bookedOn } = payment;
      return { kind: 'final', bankReference, bookedOn };
    }
    case 'returned': {
      const { bankReference, reasonCode, returnedOn } = payment;
      return { kind: 'returned', bankReference, reasonCode, returnedOn };
    }
    case 'rejected':
      return { kind: 'rejected', reasonCode: payment.reasonCode, message: payment.message };
  }
}

function unknownReply({ status, body }: Reply & { readonly kind: 'reply' }): RailAnswer {
  const problem = z.object({ code: z.string(), detail: z.string() }).safeParse(body);
  const words = problem.success ? ` ${problem.data.code}: ${problem.data.detail}` : '';
  return { kind: 'unknown', message: `the bank answered HTTP ${status}${words}` };
}

/** One HTTP exchange. A request that cannot even be built is a bug and throws. */
async function call(
  { baseUrl, timeoutMs }: SandboxBankOptions,
  path: string,
  init: RequestInit = {},
): Promise<Reply> {
  const request = new Request(new URL(path, baseUrl), {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  try {
    const response = await fetch(request);
    const text = await response.text();
    return { kind: 'reply', status: response.status, body: parseJson(text) };
  } catch (error) {
    return { kind: 'unknown', message: describeFailure(error, timeoutMs) };
  }
}

/** Undefined for what is no JSON: no schema takes it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function describeFailure(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `the bank did not answer within ${timeoutMs} ms`;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `the connection to the bank failed: ${error.message}${cause}`;
}
