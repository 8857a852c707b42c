import type { Socket } from 'node:net';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from 'fastify';
import type { Bank } from './bank.ts';
import { sendProblem } from './problem.ts';
import { addPaymentRoutes } from './payment-routes.ts';
import { addSteeringRoutes } from './steering-routes.ts';

/** The bank's HTTP face, not yet listening. */
export function createServer(bank: Bank, logger: FastifyBaseLogger): FastifyInstance {
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 400 },
  });
  acceptEmptyJson(server);
  answerProblems(server);
  addPaymentRoutes(server, bank, holdSilently(server));
  addSteeringRoutes(server, bank);
  return server;
}

/** A POST without a body is fine wherever the schema says so, whatever its content type. */
function acceptEmptyJson(server: FastifyInstance): void {
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : (JSON.parse(String(body)) as unknown));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      done(Object.assign(new Error(`the body is no JSON: ${words}`), { statusCode: 400 }));
    }
  });
}

function answerProblems(server: FastifyInstance): void {
  server.setNotFoundHandler((request, reply) =>
    sendProblem(reply, {
      ...{ status: 404, code: 'ROUTE_UNKNOWN', title: 'No such page' },
      detail: `${request.method} ${request.url} is not among this bank's pages`,
    }),
  );
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, {
      status,
      code: status >= 500 ? 'INTERNAL' : 'REQUEST_MALFORMED',
      title: status >= 500 ? 'The bank failed' : 'The request does not fit',
      detail: status >= 500 ? 'see the log of the bank' : error.message,
    });
  });
}

/** Keeps sockets open without a word until the client gives up or the bank stops. */
function holdSilently(server: FastifyInstance): (socket: Socket) => void {
  const held = new Set<Socket>();
  server.addHook('preClose', (done) => {
    for (const socket of held) socket.destroy();
    done();
  });
  return (socket) => {
    held.add(socket);
    socket.once('close', () => held.delete(socket));
  };
}
