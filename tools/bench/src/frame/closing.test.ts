import { expect, test } from 'vitest';
import { Closing } from './closing.ts';

test('what was opened last is closed first, once', async () => {
  const closing = new Closing();
  const closed: string[] = [];
  for (const name of ['a', 'b', 'c']) closing.add(() => Promise.resolve(closed.push(name)));
  await closing.close();
  await closing.close();
  expect(closed).toEqual(['c', 'b', 'a']);
});

test('a step that fails stops no other one, and its error is told at the end', async () => {
  const closing = new Closing();
  const closed: string[] = [];
  closing.add(() => Promise.resolve(closed.push('a')));
  closing.add(() => Promise.reject(new Error('b is stuck')));
  await expect(closing.close()).rejects.toThrow('b is stuck');
  expect(closed).toEqual(['a']);
});

test('what is opened too late is closed at once, and whoever opened it is stopped', async () => {
  const closing = new Closing();
  await closing.close();
  const closed: string[] = [];
  expect(() => closing.add(() => Promise.resolve(closed.push('late')))).toThrow(
    'everything was closed already',
  );
  expect(closed).toEqual(['late']);
});
