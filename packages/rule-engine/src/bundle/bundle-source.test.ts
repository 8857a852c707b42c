import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as files from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundle, giving, MemorySlots, now, one, till, two } from '../../test/bundles.ts';
import { day } from '../../test/support.ts';
import {
  answerBundleRequest,
  bundleText,
  BundleSource,
  decide,
  diskSlots,
  httpFeed,
  RuleManagement,
  trustedKeyOf,
  valueText,
  type Bundle,
  type BundleFeed,
  type BundleSourceParts,
  type SlotStore,
  type Terminal,
} from '../index.ts';

function v(version: number, amount: string, changes: Parameters<typeof bundle>[0] = {}): Bundle {
  return bundle({ version, ruleSets: [giving(amount, { version })], ...changes });
}

/** A server in memory, a till with its store, and what was refused. */
class Bench {
  sent: Bundle | string | Error = v(1, '1.00');
  moment = now;
  readonly reported: string[] = [];
  readonly slots: SlotStore;
  management: RuleManagement;
  source: BundleSource;

  constructor(slots: SlotStore = new MemorySlots(), changes: Partial<BundleSourceParts> = {}) {
    this.slots = slots;
    this.#changes = changes;
    this.source = this.#open();
    this.management = new RuleManagement(this.source);
  }

  readonly #changes: Partial<BundleSourceParts>;

  #open(): BundleSource {
    const feed: BundleFeed = {
      fetchBundle: () => {
        if (this.sent instanceof Error) return Promise.reject(this.sent);
        return Promise.resolve(typeof this.sent === 'string' ? this.sent : bundleText(this.sent));
      },
    };
    return new BundleSource({
      feed,
      slotsOf: () => this.slots,
      keys: [trustedKeyOf(one)],
      now: () => this.moment,
      report: (_terminal, { code }) => this.reported.push(code),
      ...this.#changes,
    });
  }

  restart(): void {
    this.source = this.#open();
    this.management = new RuleManagement(this.source);
  }

  /** Refreshes and says what the till gives afterwards. */
  async refresh(terminal: Terminal = till): Promise<string> {
    await this.management.refresh(terminal);
    const { value } = decide(this.management.rulesFor(terminal, 'b').compiled, {}, day);
    return value === null ? 'nothing' : valueText(value);
  }
}

describe('a till', () => {
  test('goes on with what it had, whatever is sent', async () => {
    const bench = new Bench();
    bench.sent = v(3, '3.00');
    expect(await bench.refresh()).toBe('3.00 USD');
    const attacks: [Bundle | string | Error, string][] = [
      [bundleText(v(4, '4.00')).slice(0, 500), 'BUNDLE_UNREADABLE'],
      [{ ...v(4, '4.00'), signatures: [] }, 'BUNDLE_UNSIGNED'],
      [{ ...v(4, '4.00'), signatures: v(3, '3.00').signatures }, 'BUNDLE_SIGNATURE_WRONG'],
      [v(2, '2.00'), 'BUNDLE_VERSION_LOWERED'],
      [v(4, '4.00', { expiresAt: '2017-01-01T00:00:00Z' }), 'BUNDLE_EXPIRED'],
      [v(4, '4.00', { terminal: { deviceId: 'till-2' } }), 'BUNDLE_FOR_OTHER_TERMINAL'],
      [{ ...v(4, '4.00'), contents: {} }, 'BUNDLE_CONTENT_MISSING'],
      [new Error('no network'), 'BUNDLE_NOT_FETCHED'],
    ];
    for (const [sent, code] of attacks) {
      bench.sent = sent;
      expect(await bench.refresh()).toBe('3.00 USD');
      expect(bench.reported.splice(0)).toEqual([code]);
    }
    bench.restart();
    expect(await bench.refresh()).toBe('3.00 USD');
    bench.sent = v(4, '4.00');
    expect(await bench.refresh()).toBe('4.00 USD');
  });

  test('works without a line for days, over restarts, beyond the expiry, and says so', async () => {
    const bench = new Bench();
    await bench.refresh();
    bench.sent = new Error('no network');
    bench.moment = '2017-12-01T00:00:00.000Z';
    bench.restart();
    expect(await bench.refresh()).toBe('1.00 USD');
    expect(await bench.source.status(till)).toEqual({
      version: 1,
      expiresAt: '2017-08-01T00:00:00Z',
      isExpired: true,
    });
  });

  test('does not go back after a restart either', async () => {
    const bench = new Bench();
    bench.sent = v(5, '5.00');
    await bench.refresh();
    bench.restart();
    bench.sent = v(4, '4.00');
    expect(await bench.refresh()).toBe('5.00 USD');
    expect(bench.reported).toEqual(['BUNDLE_VERSION_LOWERED']);
  });

  test('remembers rotated keys over a restart, unless it is set up with others', async () => {
    const bench = new Bench();
    bench.sent = v(1, '1.00', { keys: [trustedKeyOf(two)] });
    await bench.refresh();
    bench.restart();
    bench.sent = v(2, '2.00');
    expect(await bench.refresh()).toBe('1.00 USD');
    bench.sent = bundle({ version: 2, ruleSets: [giving('2.00', { version: 2 })] }, [two]);
    expect(await bench.refresh()).toBe('2.00 USD');
    const anew = new Bench(bench.slots, { keys: [{ ...trustedKeyOf(one), id: 'three' }] });
    anew.sent = bundle({ version: 3, ruleSets: [giving('3.00', { version: 3 })] }, [
      { ...one, id: 'three' },
    ]);
    expect(await anew.refresh()).toBe('3.00 USD');
  });

  test('does not switch when the bundle cannot be stored', async () => {
    const slots = new MemorySlots();
    const bench = new Bench(slots);
    await bench.refresh();
    slots.write = () => Promise.reject(new Error('disk full'));
    bench.sent = v(2, '2.00');
    expect(await bench.refresh()).toBe('1.00 USD');
    expect(bench.reported).toEqual(['BUNDLE_NOT_STORED']);
  });

  test('reads the store again when it could not be read', async () => {
    const slots = new MemorySlots();
    const bench = new Bench(slots);
    const read = slots.read.bind(slots);
    slots.read = () => Promise.reject(new Error('locked'));
    expect(await bench.refresh()).toBe('nothing');
    slots.read = read;
    expect(await bench.refresh()).toBe('1.00 USD');
  });

  test('falls back to the bundle before when the newest is damaged in the store', async () => {
    const slots = new MemorySlots();
    const bench = new Bench(slots);
    await bench.refresh();
    bench.sent = v(2, '2.00');
    await bench.refresh();
    const damaged = slots.texts.get('b')!;
    bench.sent = new Error('no network');
    for (const text of [damaged.replace('2.00', '9.00'), damaged.slice(0, 300), 'x', '']) {
      slots.texts.set('b', text);
      bench.restart();
      expect(await bench.refresh()).toBe('1.00 USD');
    }
    slots.texts.set('b', damaged);
    bench.restart();
    expect(await bench.refresh()).toBe('2.00 USD');
  });

  test('that never had a bundle says why it has no rules', async () => {
    const bench = new Bench();
    bench.sent = new Error('no network');
    const [refusal] = await bench.management.refresh(till);
    expect(refusal?.code).toBe('RULE_SOURCE_FAILED');
    expect(refusal?.message).toContain('no network');
    expect(await bench.source.status(till)).toBeNull();
  });

  test('switches rules that begin on a day by itself', async () => {
    const bench = new Bench();
    const {
      rules: [rule],
    } = giving('1.00');
    const {
      rules: [next],
    } = giving('2.00');
    const ruleSet = {
      ...giving('1.00'),
      rules: [
        { ...rule!, effectiveTo: '2017-08-01' },
        { ...next!, version: 2, effectiveFrom: '2017-08-01' },
      ],
    };
    bench.sent = bundle({ ruleSets: [ruleSet] });
    await bench.refresh();
    const { compiled } = bench.management.rulesFor(till, 'b');
    const given = (at: string): string => valueText(decide(compiled, {}, at).value!);
    expect([given('2017-07-31'), given('2017-08-01')]).toEqual(['1.00 USD', '2.00 USD']);
  });
});

describe('two terminals', () => {
  test('share nothing: what is sent to one never touches the other', async () => {
    const shelves = new Map<string, MemorySlots>();
    const sent = new Map<string, string>([['till-1', bundleText(v(1, '1.00'))]]);
    const other = { deviceId: 'till-2', userId: 'ann' };
    sent.set('till-2', bundleText(v(7, '7.00', { terminal: other })));
    const source = new BundleSource({
      feed: { fetchBundle: ({ deviceId }) => Promise.resolve(sent.get(deviceId) ?? null) },
      slotsOf: ({ deviceId }) => {
        const slots = shelves.get(deviceId) ?? new MemorySlots();
        shelves.set(deviceId, slots);
        return slots;
      },
      keys: [trustedKeyOf(one)],
      now: () => now,
      report: () => undefined,
    });
    const management = new RuleManagement(source);
    await Promise.all([management.refresh(till), management.refresh(other)]);
    const rules = management.rulesFor(other, 'b');
    for (const text of [
      'garbage',
      bundleText(v(9, '9.00', { terminal: other })),
      bundleText(v(2, '2.00')),
    ]) {
      sent.set('till-1', text);
      await management.refresh(till);
      expect(management.rulesFor(other, 'b')).toBe(rules);
    }
    const given = decide(management.rulesFor(till, 'b').compiled, {}, day).value;
    expect(valueText(given!)).toBe('2.00 USD');
  });
});

describe('over HTTP and on disk', () => {
  let server: Server;
  let folder: string;
  let current = v(1, '1.00');
  const earlier: Bundle[] = [];
  const answers: string[] = [];

  beforeEach(async () => {
    folder = await files.mkdtemp(join(tmpdir(), 'sluice-rules-'));
    answers.length = 0;
    earlier.length = 0;
    server = createServer((request, response) => {
      const base = new URL(request.url ?? '', 'http://x').searchParams.get('base');
      const { status, headers, body } = answerBundleRequest(
        current,
        earlier.map(({ manifest }) => manifest),
        { ifNoneMatch: request.headers['if-none-match'] ?? null, base },
      );
      answers.push(`${status} ${(body.match(/"rules":/g) ?? []).length}`);
      response.writeHead(status, headers).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.close();
    await files.rm(folder, { recursive: true });
  });

  function open(): Bench {
    const { port } = server.address() as AddressInfo;
    const slots = diskSlots({ files, folder, terminal: till });
    return new Bench(slots, {
      feed: httpFeed({ fetch, urlOf: ({ deviceId }) => `http://127.0.0.1:${port}/${deviceId}` }),
    });
  }

  test('a till fetches what is new, a delta where it can, else nothing', async () => {
    const x = giving('1.00', { id: 'x' });
    current = bundle({ ruleSets: [x, giving('1.00', { id: 'y' })] });
    const bench = open();
    expect(await bench.refresh()).toBe('1.00 USD');
    await bench.refresh();
    earlier.push(current);
    current = bundle({ version: 2, ruleSets: [x, giving('2.00', { id: 'a', version: 2 })] });
    expect(await bench.refresh()).toBe('2.00 USD');
    bench.restart();
    expect(await bench.refresh()).toBe('2.00 USD');
    expect(answers).toEqual(['200 2', '304 0', '200 1', '304 0']);
    expect(bench.reported).toEqual([]);
  });

  test('a till whose base the server does not know gets the whole', async () => {
    current = v(1, '1.00');
    const bench = open();
    await bench.refresh();
    current = v(2, '2.00');
    expect(await bench.refresh()).toBe('2.00 USD');
    expect(answers).toEqual(['200 1', '200 1']);
  });

  test('an answer that is no bundle, or an error, leaves the till as it was', async () => {
    current = v(1, '1.00');
    const bench = open();
    await bench.refresh();
    server.removeAllListeners('request');
    server.on('request', (_request, response) => response.writeHead(502).end('bad gateway'));
    expect(await bench.refresh()).toBe('1.00 USD');
    expect(bench.reported).toEqual(['BUNDLE_NOT_FETCHED']);
  });

  test('a till killed while it switches comes up with its last good bundle', async () => {
    const program = fileURLToPath(new URL('../../test/till-process.ts', import.meta.url));
    let reached = 0;
    for (const round of [1, 2, 3, 4]) {
      const child = spawn(process.execPath, [program, folder, String(reached)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      const enough = 4 + round * 7;
      for await (const chunk of child.stdout) {
        output += String(chunk);
        if (output.split('\n').length > enough) child.kill('SIGKILL');
      }
      const told = output.split('\n').slice(0, -1).map(Number);
      expect(told.every(Number.isInteger)).toBe(true);
      const bench = new Bench(diskSlots({ files, folder, terminal: till }));
      bench.sent = new Error('no network');
      expect(await bench.refresh()).toBe('1.00 USD');
      const status = await bench.source.status(till);
      expect(status?.version).toBeGreaterThanOrEqual(told.at(-1)!);
      expect(told.at(-1)!).toBeGreaterThan(reached);
      reached = status!.version;
    }
  });
});
