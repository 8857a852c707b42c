import { z } from 'zod';
import type {
  AccountingBooks,
  AccountingNotFound,
  AccountingServer,
  AccountingUnknown,
  AccountingVerdict,
  BookedEntry,
} from './accounting-server.ts';

export interface HttpAccountingServerOptions {
  /** Where it listens: `http://127.0.0.1:4020`. */
  readonly baseUrl: string;
  /** How long one call may take, answer included, before its outcome is `unknown`. */
  readonly timeoutMs: number;
}

const wireMoney = z.object({ amount: z.string(), currency: z.string() });
const bookedSchema = z.object({ key: z.string(), receipt: z.string().min(1), entries: z.int() });
const problemSchema = z.object({ code: z.string().min(1), detail: z.string() });
const notFoundSchema = z.object({ code: z.literal('BATCH_UNKNOWN') });
const entrySchema = z.object({
  ...{ key: z.string(), batch: z.string(), debit: z.string(), credit: z.string() },
  ...{ amount: wireMoney, bookedOn: z.iso.date(), ruleSet: z.string() },
  ...{ ruleSetVersion: z.int(), transfers: z.int() },
});
const entriesSchema = z.object({ entries: z.array(entrySchema), next: z.string().nullable() });
const balancesSchema = z.object({
  balances: z.array(z.object({ account: z.string(), balance: wireMoney })),
});

/** What came back over HTTP, or why nothing usable did. */
type Reply =
  { readonly kind: 'reply'; readonly status: number; readonly body: unknown } | AccountingUnknown;

/**
 * An accounting server over HTTP. A time-out, a cut connection, a 5xx, a redirect, a request to
 * come back later and a body that does not fit are all `unknown`: only the server's explicit word
 * refuses a batch, and only its explicit word says that it has never seen one. It never sends a
 * second time by itself: whoever calls asks first.
 */
export function createHttpAccountingServer(
  options: HttpAccountingServerOptions,
): AccountingServer & AccountingBooks {
  return {
    async send(batch, idempotencyKey) {
      const reply = await call(options, '/batches', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `"${idempotencyKey}"` },
        body: JSON.stringify(batch),
      });
      return verdictOf(reply, idempotencyKey, batch.entries.length);
    },
    query: (idempotencyKey) => query(options, idempotencyKey),
    entries: () => entries(options),
    balances: async () => balancesSchema.parse(await read(options, '/balances')).balances,
  };
}

async function query(
  options: HttpAccountingServerOptions,
  key: string,
): Promise<AccountingVerdict | AccountingUnknown | AccountingNotFound> {
  const reply = await call(options, `/batches/${encodeURIComponent(key)}`);
  if (reply.kind === 'unknown') return reply;
  // A 404 without the server's own code may come from a proxy, or from another server altogether.
  if (reply.status === 404 && notFoundSchema.safeParse(reply.body).success) {
    return { kind: 'not-found' };
  }
  // Not being allowed to ask is no word on the batch.
  return reply.status === 200 ? verdictOf(reply, key, null) : unknownReply(reply);
}

/** @param count how many entries were sent; null when that is not known here. */
function verdictOf(
  reply: Reply,
  key: string,
  count: number | null,
): AccountingVerdict | AccountingUnknown {
  if (reply.kind === 'unknown') return reply;
  if (reply.status !== 200 && reply.status !== 201) return refusalOf(reply);
  const booked = bookedSchema.safeParse(reply.body);
  if (!booked.success) return unknown('the server answered with something that is no batch');
  const { key: bookedKey, receipt, entries: bookedCount } = booked.data;
  if (bookedKey !== key) return unknown(`the server answered about "${bookedKey}" instead`);
  if (count !== null && bookedCount !== count) {
    return unknown(`the server says it booked ${bookedCount} entries, not ${count}`);
  }
  return { kind: 'accepted', receipt };
}

/** Client errors that are about the moment, not about the batch. */
const later: ReadonlySet<number> = new Set([401, 403, 407, 408, 425, 429]);

function refusalOf(
  reply: Reply & { readonly kind: 'reply' },
): AccountingVerdict | AccountingUnknown {
  const { status, body } = reply;
  const problem = problemSchema.safeParse(body);
  const isRefused = status >= 400 && status < 500 && !later.has(status);
  if (!isRefused || !problem.success) return unknownReply(reply);
  return { kind: 'refused', code: problem.data.code, message: problem.data.detail };
}

async function* entries(
  options: HttpAccountingServerOptions,
): AsyncGenerator<readonly BookedEntry[]> {
  for (let next: string | null = '0'; next !== null;) {
    const path: string = `/entries?limit=1000&after=${encodeURIComponent(next)}`;
    const page = entriesSchema.parse(await read(options, path));
    yield page.entries;
    next = page.next;
  }
}

async function read(options: HttpAccountingServerOptions, path: string): Promise<unknown> {
  const reply = await call(options, path);
  if (reply.kind === 'unknown') throw new Error(`${options.baseUrl}: ${reply.message}`);
  if (reply.status === 200) return reply.body;
  throw new Error(`${options.baseUrl}${path}: HTTP ${reply.status}`);
}

/** One HTTP exchange. A request that cannot even be built is a bug and throws. */
async function call(
  { baseUrl, timeoutMs }: HttpAccountingServerOptions,
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
    return unknown(describeFailure(error, timeoutMs));
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

function unknown(message: string): AccountingUnknown {
  return { kind: 'unknown', message };
}

function unknownReply({ status, body }: Reply & { readonly kind: 'reply' }): AccountingUnknown {
  const problem = problemSchema.safeParse(body);
  const words = problem.success ? ` ${problem.data.code}: ${problem.data.detail}` : '';
  return unknown(`the server answered HTTP ${status}${words}`);
}

function describeFailure(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `the server did not answer within ${timeoutMs} ms`;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `the connection to the server failed: ${error.message}${cause}`;
}
