import type { FastifyInstance } from 'fastify';
import type { Bank } from './bank.ts';
import { malformed, sendProblem } from './problem.ts';
import { scriptSchema } from './script.ts';

/** `POST /script`, `GET /script`, `POST /business-day`, `GET /health`: what no real bank offers. */
export function addSteeringRoutes(server: FastifyInstance, bank: Bank): void {
  server.post('/script', (request, reply) => {
    const script = scriptSchema.safeParse(request.body);
    if (!script.success) return sendProblem(reply, malformed(script.error));
    bank.arm(script.data);
    request.log.info(script.data, 'failure armed');
    return reply.status(201).send({ armed: bank.armed() });
  });

  server.get('/script', (_request, reply) => reply.send({ armed: bank.armed() }));

  server.post('/business-day', (request, reply) => {
    const day = bank.nextDay();
    request.log.info(day, 'business day');
    return reply.send(day);
  });

  server.get('/health', (_request, reply) =>
    reply.send({ date: bank.date(), payments: bank.counts(), pid: process.pid }),
  );
}
