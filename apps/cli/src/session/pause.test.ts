import { describe, expect, test } from 'vitest';
import { Closing } from './closing.ts';
import { pause, unlessAborted, within } from './pause.ts';
import { GoneError, watchFor } from './watch-for.ts';

const asked = new Error('asked to stop');
const never = new Promise<never>(() => undefined);

describe('waiting', () => {
  test('ends at once, with the reason, when it is told to stop', async () => {
    const stop = new AbortController();
    const pausing = pause(60_000, stop.signal);
    const working = unlessAborted(never, stop.signal);
    stop.abort(asked);
    await expect(pausing).rejects.toBe(asked);
    await expect(working).rejects.toBe(asked);
    await expect(pause(0, stop.signal)).rejects.toBe(asked);
    await expect(unlessAborted(never, stop.signal)).rejects.toBe(asked);
  });

  test('gives what the work gives, or its failure, when nobody stops it', async () => {
    const { signal } = new AbortController();
    await pause(1, signal);
    expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(unlessAborted(Promise.reject(asked), signal)).rejects.toBe(asked);
  });

  test('has an end for what never ends', async () => {
    expect(await within(never, 5)).toBe('late');
    expect(await within(Promise.resolve(7), 60_000)).toBe(7);
  });
});

describe('closing', () => {
  test('goes backwards, and on after a failure, which is thrown in the end', async () => {
    const closed: string[] = [];
    const closing = new Closing();
    closing.add(() => Promise.resolve(closed.push('first')));
    closing.add(() => Promise.reject(new Error('stuck')));
    closing.add(() => Promise.resolve(closed.push('last')));
    await expect(closing.close()).rejects.toThrow('stuck');
    expect(closed).toEqual(['last', 'first']);
    await closing.close();
    expect(closed).toHaveLength(2);
  });
});

describe('watching for something', () => {
  const gone = new GoneError('process 7 has ended');

  test('tells when it is gone, and not at the first missed look', async () => {
    const closing = new Closing();
    let looks = 0;
    const lost = watchFor(closing, { gone, isThere: () => Promise.resolve((looks += 1) === 1) });
    expect(await lost).toBe(gone);
    expect(looks).toBe(3);
    await closing.close();
  });

  test('takes a look that fails for a loss', async () => {
    const closing = new Closing();
    const isThere = (): Promise<boolean> => Promise.reject(new Error('no such folder'));
    expect(await watchFor(closing, { gone, isThere })).toBe(gone);
    await closing.close();
  });

  test('ends without a word with what is closed', async () => {
    const closing = new Closing();
    const lost = watchFor(closing, { gone, isThere: () => Promise.resolve(true) });
    await closing.close();
    expect(await within(lost, 20)).toBe('late');
  });
});
