import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { day, ruleJson, setJson, usd, type Json } from '../../test/support.ts';
import { decide, digestOf, RuleManagement, valueText, type Terminal } from '../index.ts';

const till: Terminal = { deviceId: 'till-1' };
const other: Terminal = { deviceId: 'till-2' };

/** A source whose answers the test sets, terminal by terminal. */
class Shelf {
  readonly answers = new Map<string, () => unknown>();

  set(terminal: Terminal, ...sets: readonly unknown[]): void {
    this.answers.set(JSON.stringify(terminal), () => sets);
  }

  fetchFor(terminal: Terminal): Promise<readonly unknown[]> {
    const answer = this.answers.get(JSON.stringify(terminal))?.() ?? [];
    return Promise.resolve(answer as readonly unknown[]);
  }
}

function giving(amount: string, changes: Json = {}): Json {
  return setJson([ruleJson({ then: { outcome: 'applied', value: usd(amount) } })], changes);
}

function start(): { shelf: Shelf; management: RuleManagement } {
  const shelf = new Shelf();
  return { shelf, management: new RuleManagement(shelf) };
}

function given(management: RuleManagement, terminal: Terminal): string {
  const { value } = decide(management.rulesFor(terminal, 'b').compiled, {}, day);
  return value === null ? 'nothing' : valueText(value);
}

async function refreshed(management: RuleManagement, terminal: Terminal): Promise<string[]> {
  return (await management.refresh(terminal)).map(({ code }) => code);
}

describe('refresh', () => {
  test('installs what the source gives for the device and the user', async () => {
    const { shelf, management } = start();
    const user = { ...till, userId: 'ann' };
    shelf.set(till, giving('1.00'));
    const hers = giving('3.00', { id: 'hers', scope: { level: 'user', id: 'ann' } });
    shelf.set(user, giving('1.00'), hers);
    expect(given(management, till)).toBe('nothing');
    expect([
      ...(await refreshed(management, till)),
      ...(await refreshed(management, user)),
    ]).toEqual([]);
    expect([given(management, till), given(management, user)]).toEqual(['1.00 USD', '3.00 USD']);
    expect(management.rulesFor(user, 'b').ruleSets).toEqual([
      { id: 's', version: 1, layer: 'base', digest: digestOf(giving('1.00')) },
      { id: 'hers', version: 1, layer: 'user', digest: digestOf(hers) },
    ]);
  });

  test('refuses a bad set, keeps its last good version and installs the others', async () => {
    const { shelf, management } = start();
    const device = { id: 'mine', scope: { level: 'device', id: 'till-1' } };
    shelf.set(till, giving('1.00', device));
    await management.refresh(till);
    shelf.set(till, { ...giving('2.00', device), version: 2, rules: 'none' }, giving('5.00'));
    const refusals = await management.refresh(till);
    expect(refusals).toMatchObject([{ code: 'RULE_SET_INVALID', details: { ruleSetId: 'mine' } }]);
    const { ruleSets } = management.rulesFor(till, 'b');
    expect(ruleSets.map(({ id, version }) => [id, version])).toEqual([
      ['mine', 1],
      ['s', 1],
    ]);
    expect(given(management, till)).toBe('1.00 USD');
  });

  test('never lowers a version, not even by way of a withdrawal', async () => {
    const { shelf, management } = start();
    shelf.set(till, giving('2.00', { version: 2 }));
    await management.refresh(till);
    shelf.set(till, giving('1.00', { version: 1 }));
    expect(await refreshed(management, till)).toEqual(['RULE_SET_VERSION_LOWERED']);
    expect(given(management, till)).toBe('2.00 USD');
    shelf.set(till);
    await management.refresh(till);
    expect(given(management, till)).toBe('nothing');
    shelf.set(till, giving('1.00', { version: 1 }));
    expect(await refreshed(management, till)).toEqual(['RULE_SET_VERSION_LOWERED']);
    expect(given(management, till)).toBe('nothing');
    shelf.set(till, giving('2.00', { version: 2 }));
    expect(await refreshed(management, till)).toEqual([]);
    expect(given(management, till)).toBe('2.00 USD');
  });

  test('takes the same version again only with the same content, keys in any order', async () => {
    const { shelf, management } = start();
    shelf.set(till, giving('1.00'));
    await management.refresh(till);
    shelf.set(till, Object.fromEntries(Object.entries(giving('1.00')).reverse()));
    expect(await refreshed(management, till)).toEqual([]);
    shelf.set(till, giving('9.00'));
    expect(await refreshed(management, till)).toEqual(['RULE_SET_VERSION_REUSED']);
    expect(given(management, till)).toBe('1.00 USD');
  });

  test.each([
    [{ level: 'device', id: 'till-2' }],
    [{ level: 'user', id: 'bob' }],
    [{ level: 'user', id: 'till-1' }],
  ])('refuses a set that is for %j', async (scope) => {
    const { shelf, management } = start();
    shelf.set({ ...till, userId: 'ann' }, giving('1.00', { scope }));
    const codes = await refreshed(management, { ...till, userId: 'ann' });
    expect(codes).toEqual(['RULE_SET_SCOPE_MISMATCH']);
  });

  test('keeps everything when a set does not even tell its id', async () => {
    const { shelf, management } = start();
    shelf.set(till, giving('1.00'));
    await management.refresh(till);
    shelf.set(till, null);
    expect(await refreshed(management, till)).toEqual(['RULE_SET_INVALID']);
    expect(given(management, till)).toBe('1.00 USD');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no network');
      },
      'no network',
    ],
    ['gives no list', () => ({ error: 500 }), 'the answer is not a list of rule sets'],
  ])('keeps everything when the source %s', async (_title, answer, message) => {
    const { shelf, management } = start();
    shelf.set(till, giving('1.00'));
    await management.refresh(till);
    shelf.answers.set(JSON.stringify(till), answer);
    const [refusal] = await management.refresh(till);
    expect(refusal?.code).toBe('RULE_SOURCE_FAILED');
    expect(refusal?.message).toContain(message);
    expect(given(management, till)).toBe('1.00 USD');
  });

  test('a late answer never overtakes a later one', async () => {
    const answers = [giving('1.00'), giving('2.00', { version: 2 })];
    const releases: (() => void)[] = [];
    const management = new RuleManagement({
      async fetchFor() {
        const answer = answers.shift();
        if (releases.length === 0) await new Promise<void>((resolve) => releases.push(resolve));
        return [answer];
      },
    });
    const both = [management.refresh(till), management.refresh(till)];
    await Promise.resolve();
    releases[0]?.();
    expect(await Promise.all(both)).toEqual([[], []]);
    expect(given(management, till)).toBe('2.00 USD');
  });
});

describe('isolation', () => {
  test('rules that were handed out never change under a run', async () => {
    const { shelf, management } = start();
    shelf.set(till, giving('1.00'));
    await management.refresh(till);
    const before = management.rulesFor(till, 'b');
    expect(management.rulesFor(till, 'b')).toBe(before);
    shelf.set(till, giving('2.00', { version: 2 }));
    await management.refresh(till);
    expect(valueText(decide(before.compiled, {}, day).value!)).toBe('1.00 USD');
    expect(given(management, till)).toBe('2.00 USD');
  });

  test('whatever is sent to one terminal, the other gives what it gave', async () => {
    const sent = fc.oneof(
      fc.jsonValue(),
      fc
        .record({
          amount: fc.constantFrom('1.00', '2.00'),
          version: fc.integer({ min: 1, max: 4 }),
        })
        .map(({ amount, version }) => giving(amount, { version })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(sent, { maxLength: 3 }), { maxLength: 4 }),
        async (all) => {
          const { shelf, management } = start();
          shelf.set(other, giving('7.00', { version: 2 }));
          await management.refresh(other);
          const rules = management.rulesFor(other, 'b');
          for (const sets of all) {
            shelf.set(till, ...sets);
            await management.refresh(till);
            expect(management.rulesFor(other, 'b')).toBe(rules);
          }
          expect(given(management, other)).toBe('7.00 USD');
        },
      ),
    );
  });

  test('a refresh that hangs on one terminal does not hold up another', async () => {
    const management = new RuleManagement({
      fetchFor: ({ deviceId }) =>
        deviceId === 'till-1' ? new Promise(() => undefined) : Promise.resolve([giving('1.00')]),
    });
    void management.refresh(till);
    await management.refresh(other);
    expect(given(management, other)).toBe('1.00 USD');
  });

  test('the same device with and without a user are two', async () => {
    const { shelf, management } = start();
    shelf.set(till, giving('1.00'));
    await management.refresh(till);
    expect(given(management, { ...till, userId: 'ann' })).toBe('nothing');
  });
});
