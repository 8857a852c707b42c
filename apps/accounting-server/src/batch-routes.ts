import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { batchRequestSchema, type BatchRequest } from './batch.ts';
import type { Books, Outcome } from './books.ts';
import { malformed, sendProblem, type Problem } from './problem.ts';

const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z
    .string()
    .regex(/^[0-9]{1,18}$/)
    .default('0'),
  batch: z.string().max(120).optional(),
});

/** Bare, or quoted as draft-ietf-httpapi-idempotency-key-header has it. */
const keyPattern = /^"?([!#-[\]-~]{1,120})"?$/;

const keyMissing: Problem = {
  ...{ status: 400, code: 'IDEMPOTENCY_KEY_INVALID', title: 'No usable Idempotency-Key' },
  detail: 'send the header Idempotency-Key with 1 to 120 visible ASCII characters, no " or \\',
};
const failed: Problem = {
  ...{ status: 500, code: 'INTERNAL', title: 'The server failed' },
  detail: 'as it was scripted to',
};
const refused: Problem = {
  ...{ status: 422, code: 'PERIOD_CLOSED', title: 'Batch refused' },
  detail: 'the accounting period is closed, as it was scripted to be',
};

/** `POST /batches`, `GET /batches/:key`, `GET /entries`, `GET /balances`. */
export function addBatchRoutes(
  server: FastifyInstance,
  books: Books,
  hold: (socket: Socket) => void,
): void {
  server.post('/batches', async (request, reply) => {
    const key = keyPattern.exec(String(request.headers['idempotency-key'] ?? ''))?.[1];
    if (key === undefined) return sendProblem(reply, keyMissing);
    const body = batchRequestSchema.safeParse(request.body);
    if (!body.success) return sendProblem(reply, malformed(body.error));
    return receive(books, { key, body: body.data, request, reply, hold });
  });

  server.get<{ Params: { key: string } }>('/batches/:key', (request, reply) => {
    const batch = books.find(request.params.key);
    if (batch !== undefined) return reply.send(batch);
    return sendProblem(reply, {
      ...{ status: 404, code: 'BATCH_UNKNOWN', title: 'No such batch' },
      detail: `the key "${request.params.key}" is in no batch of these books`,
    });
  });

  server.get('/entries', (request, reply) => {
    const query = listSchema.safeParse(request.query);
    if (!query.success) return sendProblem(reply, malformed(query.error));
    const { after, limit, batch = null } = query.data;
    return reply.send(books.entries({ after: BigInt(after), limit, batch }));
  });

  server.get('/balances', (_request, reply) => reply.send({ balances: books.balances() }));
}

interface Receiving {
  readonly key: string;
  readonly body: BatchRequest;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly hold: (socket: Socket) => void;
}

async function receive(
  books: Books,
  { key, body, request, reply, hold }: Receiving,
): Promise<FastifyReply> {
  const strike = books.strike();
  const failure = strike?.failure;
  if (failure !== undefined) request.log.info({ key, failure }, 'scripted failure strikes');
  if (failure === 'error-before-booking') return sendProblem(reply, failed);
  if (failure === 'refuse') return sendProblem(reply, { ...refused, key });
  const book = (): Outcome => books.book(key, body, new Date().toISOString());
  let outcome = book();
  if (failure === 'delivered-twice') outcome = book();
  request.log.info({ key, outcome: outcome.kind, entries: body.entries.length }, 'batch');
  if (failure === 'error-after-booking') return sendProblem(reply, failed);
  if (failure === 'answer-lost') {
    hold(request.raw.socket);
    return reply.hijack();
  }
  if (strike !== null && strike.delayMs > 0) await delay(strike.delayMs);
  return answer(reply, key, outcome);
}

function answer(reply: FastifyReply, key: string, outcome: Outcome): FastifyReply {
  if (outcome.kind === 'booked') return reply.status(201).send(outcome.batch);
  const { code, detail } = outcome.rejection;
  const isConflict = outcome.kind === 'conflict';
  return sendProblem(reply, {
    ...{ status: isConflict ? 409 : 422, code, title: 'Batch refused' },
    ...{ detail, key },
  });
}
