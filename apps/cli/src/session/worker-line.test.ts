import { expect, test } from 'vitest';
import { describeWorkerLine } from './worker-line.ts';

const pino = { level: 30, time: 1, pid: 2, hostname: 'host', name: 'worker' };

test.each([
  [
    'a business step with its key and its answer',
    { ...pino, step: 'reservePayout', workflow: 'payout:P/367/1', payoutId: 'P/367/1' },
    { answer: { kind: 'reserved', sequence: '39' }, msg: 'reservePayout' },
    'worker: reservePayout payout:P/367/1: reserved, sequence 39',
  ],
  [
    'any other line with its fields',
    { ...pino, taskQueue: 'sluice' },
    { msg: 'worker is ready' },
    'worker: worker is ready taskQueue=sluice',
  ],
  [
    'an error by its message',
    { ...pino, level: 50 },
    { err: { type: 'Error', message: 'no room', stack: '...' }, msg: 'Activity failed' },
    'worker: Activity failed err=no room',
  ],
])('shows %s', (_what, line, more, text) => {
  expect(describeWorkerLine(JSON.stringify({ ...line, ...more }))).toBe(text);
});

test('leaves out what is less than a business step', () => {
  expect(describeWorkerLine(JSON.stringify({ ...pino, level: 20, msg: 'polling' }))).toBeNull();
});

test.each(['no JSON at all', '{"half":', '42'])('shows %s as it is', (line) => {
  expect(describeWorkerLine(line)).toBe(line);
});
