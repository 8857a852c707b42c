import type { Socket } from 'node:net';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from 'fastify';
import { addBatchRoutes } from './batch-routes.ts';
import type { Books } from './books.ts';
import { sendProblem } from './problem.ts';
import { addSteeringRoutes } from './steering-routes.ts';

/** A batch that gathered while the server was away may be large. */
const bodyLimit = 64 * 1024 * 1024;

/** The HTTP face of the books, not yet listening. */
export function createServer(books: Books, logger: FastifyBaseLogger): FastifyInstance {
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 400 },
    bodyLimit,
  });
  answerProblems(server);
  addBatchRoutes(server, books, holdSilently(server));
  addSteeringRoutes(server, books);
  return server;
}

function answerProblems(server: FastifyInstance): void {
  server.setNotFoundHandler((request, reply) =>
    sendProblem(reply, {
      ...{ status: 404, code: 'ROUTE_UNKNOWN', title: 'No such page' },
      detail: `${request.method} ${request.url} is not among this server's pages`,
    }),
  );
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, {
      status,
      code: status >= 500 ? 'INTERNAL' : 'REQUEST_MALFORMED',
      title: status >= 500 ? 'The server failed' : 'The request does not fit',
      detail: status >= 500 ? 'see the log of the server' : error.message,
    });
  });
}

/** Keeps sockets open without a word until the client gives up or the server stops. */
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
