import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Bank, Outcome } from './bank.ts';
import { paymentRequestSchema, type Payment } from './payment.ts';
import { malformed, sendProblem, type Problem } from './problem.ts';

const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z
    .string()
    .regex(/^[0-9]{1,18}$/)
    .default('0'),
});

/** Bare, or quoted as draft-ietf-httpapi-idempotency-key-header has it. */
const keyPattern = /^"?([!#-[\]-~]{1,120})"?$/;

const keyMissing: Problem = {
  ...{ status: 400, code: 'IDEMPOTENCY_KEY_INVALID', title: 'No usable Idempotency-Key' },
  detail: 'send the header Idempotency-Key with 1 to 120 visible ASCII characters, no " or \\',
};

/** `POST /payments`, `GET /payments/:key`, `GET /payments`. */
export function addPaymentRoutes(
  server: FastifyInstance,
  bank: Bank,
  hold: (socket: Socket) => void,
): void {
  server.post('/payments', (request, reply) => {
    const key = keyPattern.exec(String(request.headers['idempotency-key'] ?? ''))?.[1];
    if (key === undefined) return sendProblem(reply, keyMissing);
    const body = paymentRequestSchema.safeParse(request.body);
    if (!body.success) return sendProblem(reply, malformed(body.error));
    return answer({ key, outcome: bank.pay(key, body.data), request, reply, hold });
  });

  server.get<{ Params: { key: string } }>('/payments/:key', (request, reply) => {
    const payment = bank.find(request.params.key);
    if (payment !== undefined) return reply.send(payment);
    return sendProblem(reply, {
      ...{ status: 404, code: 'PAYMENT_UNKNOWN', title: 'No such payment' },
      detail: `this bank has never seen the key "${request.params.key}"`,
    });
  });

  server.get('/payments', (request, reply) => {
    const query = listSchema.safeParse(request.query);
    if (!query.success) return sendProblem(reply, malformed(query.error));
    const { after, limit } = query.data;
    return reply.send(bank.paid({ after: BigInt(after), limit }));
  });
}

interface Answering {
  readonly key: string;
  readonly outcome: Outcome;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly hold: (socket: Socket) => void;
}

function answer({ key, outcome, request, reply, hold }: Answering): FastifyReply {
  if (outcome.kind === 'key-reused') {
    request.log.warn({ key }, 'key reused with another body');
    return sendProblem(reply, {
      ...{ status: 422, code: 'IDEMPOTENCY_KEY_REUSED', title: 'Key used before' },
      detail: `the key "${key}" was used with another body: query it, or take a new key`,
    });
  }
  const { status } = outcome.payment;
  const fresh = outcome.kind === 'silence' || outcome.fresh;
  request.log.info({ key, status, fresh, answered: outcome.kind === 'answer' }, 'payment');
  if (outcome.kind === 'silence') {
    hold(request.raw.socket);
    return reply.hijack();
  }
  return status === 'rejected'
    ? reject(reply, outcome.payment)
    : reply.status(201).send(outcome.payment);
}

function reject(reply: FastifyReply, { key, reasonCode, message }: Payment): FastifyReply {
  return sendProblem(reply, {
    ...{ status: 400, code: 'PAYMENT_REJECTED', title: 'Payment rejected' },
    ...{ detail: message ?? 'rejected', key, reasonCode },
  });
}
