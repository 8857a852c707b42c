import type { FastifyReply } from 'fastify';
import type { z } from 'zod';

/** A "no" over HTTP: RFC 9457, with a stable code. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly [extra: string]: unknown;
}

/** Sends a problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', ...problem }));
}

/** A request that does not fit: which fields, and why. */
export function malformed(error: z.ZodError): Problem {
  const detail = error.issues
    .map(({ path, message }) => `${path.length === 0 ? 'body' : path.join('.')}: ${message}`)
    .join('; ');
  return { status: 400, code: 'REQUEST_MALFORMED', title: 'The request does not fit', detail };
}
