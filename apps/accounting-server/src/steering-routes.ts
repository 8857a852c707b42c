import type { FastifyInstance } from 'fastify';
import type { Books } from './books.ts';
import { malformed, sendProblem } from './problem.ts';
import { scriptSchema } from './script.ts';

/** `POST /script`, `GET /script`, `GET /health`: what no real accounting server offers. */
export function addSteeringRoutes(server: FastifyInstance, books: Books): void {
  server.post('/script', (request, reply) => {
    const script = scriptSchema.safeParse(request.body);
    if (!script.success) return sendProblem(reply, malformed(script.error));
    books.arm(script.data);
    request.log.info(script.data, 'failure armed');
    return reply.status(201).send({ armed: books.armed() });
  });

  server.get('/script', (_request, reply) => reply.send({ armed: books.armed() }));

  server.get('/health', (_request, reply) => reply.send({ ...books.counts(), pid: process.pid }));
}
