import { connect } from 'node:net';
import getPort from 'get-port';

const host = '127.0.0.1';

/** A free port of this machine: the preferred one when it is free. */
export function freePort(preferred: number | null): Promise<number> {
  return getPort({ host, ...(preferred === null ? {} : { port: preferred }) });
}

/** Whether something accepts connections there. */
export function portAnswers(port: number, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
