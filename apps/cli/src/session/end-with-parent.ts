import { isMainThread } from 'node:worker_threads';

/**
 * Loaded by `--import` ahead of each program that the command line runs beside itself. Its standard
 * input is a pipe from whoever started it, and the system closes that pipe however the starter
 * ends: so the program ends too, even after a `kill -9`, and nobody has to look for it later.
 */
const graceMs = 40_000;

function end(): void {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
}

// The threads of a program load this file as well.
if (isMainThread) {
  process.stdin.once('close', end);
  process.stdin.on('error', () => undefined);
  process.stdin.resume();
  process.stdin.unref();
}
