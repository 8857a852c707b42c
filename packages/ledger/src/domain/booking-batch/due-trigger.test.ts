import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueTrigger, type TaskContent, type TriggerSettings } from './booking-triggers.ts';

const settings: TriggerSettings = { periodMs: 5_000, maxAccounts: 10, maxEntries: 100 };

describe('a task is due', () => {
  test.each<[string, TaskContent, string]>([
    ['when its period has elapsed', { entries: 1, accounts: 2, ageMs: 5_000 }, 'period'],
    ['long after its period', { entries: 1, accounts: 2, ageMs: 90_000 }, 'period'],
    ['at its number of accounts', { entries: 9, accounts: 10, ageMs: 0 }, 'accounts'],
    ['past its number of accounts', { entries: 9, accounts: 11, ageMs: 0 }, 'accounts'],
    ['at its number of entries', { entries: 100, accounts: 2, ageMs: 0 }, 'entries'],
    ['past its number of entries', { entries: 101, accounts: 2, ageMs: 4_999 }, 'entries'],
    ['by both counts: told by accounts', { entries: 100, accounts: 10, ageMs: 0 }, 'accounts'],
    ['by all three: told by period', { entries: 100, accounts: 10, ageMs: 5_000 }, 'period'],
  ])('%s', (_, content, trigger) => {
    expect(dueTrigger(settings, content)).toEqual({ kind: 'due', trigger });
  });

  test.each<[string, Partial<TriggerSettings>, TaskContent, number]>([
    ['before each of them', {}, { entries: 99, accounts: 9, ageMs: 4_999 }, 1],
    ['at its first entry', {}, { entries: 1, accounts: 2, ageMs: 0 }, 5_000],
    ['without an entry', {}, { entries: 0, accounts: 0, ageMs: 9_000 }, 5_000],
    ['by accounts that do not count', { maxAccounts: null }, many({ accounts: 999 }), 5_000],
    ['by entries that do not count', { maxEntries: null }, many({ entries: 999 }), 5_000],
  ])('never %s, and says in how many milliseconds', (_, change, content, dueInMs) => {
    expect(dueTrigger({ ...settings, ...change }, content)).toEqual({ kind: 'not-due', dueInMs });
  });
});

function many(content: Partial<TaskContent>): TaskContent {
  return { entries: 5, accounts: 5, ageMs: 0, ...content };
}

const anySettings = fc.record({
  periodMs: fc.integer({ min: 1, max: 50 }),
  maxAccounts: fc.option(fc.integer({ min: 1, max: 12 })),
  maxEntries: fc.option(fc.integer({ min: 1, max: 12 })),
});

/** Entries arrive, time passes; after each step somebody looks. */
const anySteps = fc.array(
  fc.oneof(
    fc.record({ pair: fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 6 })) }),
    fc.record({ passMs: fc.integer({ min: 0, max: 60 }) }),
  ),
  { maxLength: 60 },
);

test('no trigger is missed, none fires early, and each entry is in exactly one task', () => {
  fc.assert(
    fc.property(anySettings, anySteps, (given, steps) => {
      let open: { ageMs: number; pairs: (readonly [number, number])[] } | null = null;
      let [arrived, sent] = [0, 0];
      for (const step of steps) {
        if ('pair' in step) {
          open ??= { ageMs: 0, pairs: [] };
          open.pairs.push(step.pair);
          arrived += 1;
        } else if (open !== null) open.ageMs += step.passMs;
        if (open === null) continue;
        const entries: number = open.pairs.length;
        const accounts: number = new Set(open.pairs.flat()).size;
        const holds = {
          period: open.ageMs >= given.periodMs,
          accounts: given.maxAccounts !== null && accounts >= given.maxAccounts,
          entries: given.maxEntries !== null && entries >= given.maxEntries,
        };
        const due = dueTrigger(given, { entries, accounts, ageMs: open.ageMs });
        expect(due.kind === 'due').toBe(Object.values(holds).includes(true));
        if (due.kind === 'due') {
          expect(holds[due.trigger]).toBe(true);
          sent += entries;
          open = null;
        } else expect(open.ageMs + due.dueInMs).toBe(given.periodMs);
      }
      expect(sent + (open?.pairs.length ?? 0)).toBe(arrived);
    }),
    { numRuns: 300 },
  );
});
