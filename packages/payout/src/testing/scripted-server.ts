import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly body: unknown;
}

/** What the server does with one request: an answer, silence, or a cut. */
export type Script =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: number; readonly raw: string }
  | 'silence'
  | 'cut'
  | 'cut-in-body';

/** A bank's door on loopback that does what the script says, request by request. */
export interface ScriptedServer {
  readonly baseUrl: string;
  readonly seen: SeenRequest[];
  /** What the next requests get, in order. */
  script(...steps: readonly Script[]): void;
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const steps: Script[] = [];
  const server = createServer((request, response) => {
    void remember(request, seen).then(() => perform(steps.shift(), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    seen,
    script: (...more) => void steps.push(...more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function remember(request: IncomingMessage, seen: SeenRequest[]): Promise<void> {
  const body = await text(request);
  const { method = '', url = '' } = request;
  const key = request.headers['idempotency-key'];
  seen.push({
    ...{ method, url, key: Array.isArray(key) ? key[0] : key },
    body: body === '' ? undefined : (JSON.parse(body) as unknown),
  });
}

function perform(step: Script | undefined, response: ServerResponse): void {
  if (step === undefined) throw new Error('a request came that the script does not know');
  if (step === 'silence') return;
  if (step === 'cut') {
    response.destroy();
    return;
  }
  if (step === 'cut-in-body') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"key":', () => response.destroy());
    return;
  }
  response.writeHead(step.status, { 'content-type': 'application/json' });
  response.end('raw' in step ? step.raw : JSON.stringify(step.body));
}
