import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildBrowser, type BrowserBuild } from '../browser/build.ts';
import {
  answerBundleRequest,
  compileRules,
  decide,
  decisionRecord,
  explain,
  parseValue,
  trustedKeyOf,
  valueToJson,
  type Bundle,
  type InstalledSet,
  type Value,
} from '../src/index.ts';
import { bundle, now, one } from './bundles.ts';
import mainRules from './fixtures/main-rules.json' with { type: 'json' };
import { findChromium } from './page/chromium.ts';
import { day, goodSet, line, ruleJson, setJson } from './support.ts';

let built: BrowserBuild;
beforeAll(async () => {
  built = await buildBrowser();
});

describe('the browser build', () => {
  test('is below 40 kB gzipped, without the CEL parser', () => {
    expect(built.gzippedBytes).toBeLessThan(40_000);
    expect(built.text).not.toContain('cel-js');
    expect(built.text).not.toContain('maxAstNodes');
  });

  test('calls none of the decimal functions that it leaves out', () => {
    const left = built.text.match(/(?<!Math)\.(pow|toPower|sqrt|ln|log|exp|toFraction)\(/g);
    // This one reads numbers such as 0x1p-60, which no rule and no fact can write.
    expect(left).toEqual(['.pow(']);
  });

  test('evaluates no text as code', () => {
    expect(built.text).not.toMatch(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(/);
  });
});

const found = findChromium();
// Printed, not hidden: whoever reads the output sees what was not tested, and why.
if ('missing' in found) process.stderr.write(`browser tests are skipped: ${found.missing}\n`);

interface Till {
  readonly decisions: readonly {
    readonly said: string;
    readonly record: string;
    readonly text: string;
  }[];
  readonly ruleSets: readonly InstalledSet[];
  readonly reported: readonly string[];
  readonly refusals: readonly unknown[];
  readonly evaluating: string;
}

/** Rules that use every part of the language that has arithmetic of its own. */
const mixed = setJson(
  [
    ruleJson({
      id: 'mixed',
      when: {
        or: [
          { gt: [{ fact: 'r' }, { decimal: '0.3' }] },
          {
            rollout: {
              unit: { fact: 't' },
              algorithm: 'murmur3-32-100000',
              salt: 's',
              from: 0,
              to: 50_000,
            },
          },
        ],
      },
      then: {
        outcome: 'applied',
        value: {
          multiply: {
            value: { fact: 'm.open' },
            by: { add: [{ fact: 'r' }, { decimal: '0.000000000000000001' }] },
            rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
          },
        },
      },
    }),
  ],
  { id: 'mixed' },
);

interface Input {
  readonly business: string;
  readonly facts: Record<string, Readonly<Record<string, unknown>>>;
}

function mainInputs(): Input[] {
  return Array.from({ length: 120 }, (_, n): Input => {
    const facts = line({ coupon: BigInt(n), cut: BigInt((n * 7) % 50), quantity: BigInt(n % 3) });
    const business = ['coupon-discount', 'coupon-match', 'loyalty-discount'][n % 3] ?? '';
    const json = Object.entries(facts).map(([name, value]) => [name, valueToJson(value)]);
    return { business, facts: Object.fromEntries(json) as Input['facts'] };
  });
}

function mixedInputs(): Input[] {
  return Array.from({ length: 60 }, (_, n) => ({
    business: 'b',
    facts: {
      r: { decimal: `0.${n}5` },
      t: { text: `user:${n}` },
      'm.open': {
        money:
          n % 2 === 0
            ? { amount: `${n}.37`, currency: 'USD' }
            : { amount: `${n}`, currency: 'JPY' },
      },
    },
  }));
}

describe('a till in Chromium under a strict policy', () => {
  // Where there is no Chromium and none can be installed, each of these says so and why.
  beforeEach(({ skip }) => 'missing' in found && skip(found.missing));

  const inputs = [...mainInputs(), ...mixedInputs()];
  const sets = [goodSet(mainRules), goodSet(mixed)];
  let current: Bundle | string = bundle({ ruleSets: sets });
  let isOffline = false;
  let server: Server;
  let browser: Browser;
  let page: Page;
  const violations: string[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '', 'http://till').pathname;
    if (path.startsWith('/bundles/')) {
      if (isOffline) {
        response.destroy();
        return;
      }
      const asked = { ifNoneMatch: request.headers['if-none-match'] ?? null, base: null };
      const { status, headers, body } =
        typeof current === 'string'
          ? { status: 200, headers: {}, body: current }
          : answerBundleRequest(current, [], asked);
      response.writeHead(status, headers).end(body);
      return;
    }
    const page = '<!doctype html><title>till</title><script type="module" src="/till.js"></script>';
    const till = await readFile(new URL('page/till.js', import.meta.url), 'utf8');
    const bodies: Record<string, readonly [type: string, body: string]> = {
      '/': ['text/html', page],
      '/till.js': ['text/javascript', till],
      '/sluice-rules.js': ['text/javascript', built.text],
    };
    const [type, body] = bodies[path] ?? ['text/plain', ''];
    const policy = "default-src 'none'; script-src 'self'; connect-src 'self'";
    response
      .writeHead(type === 'text/plain' ? 404 : 200, {
        'content-type': type,
        'content-security-policy': policy,
      })
      .end(body);
  }

  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    if ('missing' in found) return;
    browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] });
    page = await (await browser.newContext()).newPage();
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text());
    });
  });
  afterAll(async () => {
    if ('path' in found) await browser.close();
    server.close();
  });

  /** Opens the page anew and runs all inputs. */
  async function run(): Promise<Till> {
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    const given = { inputs, keys: [trustedKeyOf(one)], at: day, now };
    return page.evaluate(`runTill(${JSON.stringify(given)})`);
  }

  function onServer({ business, facts }: Input): Till['decisions'][number] {
    const values = Object.entries(facts).map(([name, json]) => [name, parseValue(json)] as const);
    const set = sets[business === 'b' ? 1 : 0]!;
    const decision = decide(
      compileRules(set, business),
      Object.fromEntries(values) as Record<string, Value>,
      day,
    );
    return {
      said: JSON.stringify(decision),
      record: decisionRecord(decision),
      text: explain(decision),
    };
  }

  test('decides byte for byte as the server does, trace and words included', async () => {
    const till = await run();
    expect(till.refusals).toEqual([]);
    expect(till.reported).toEqual([]);
    expect(till.decisions).toEqual(inputs.map(onServer));
    expect(till.ruleSets).toEqual(
      sets.map(({ id, version, scope }, index) => {
        const digest = bundle({ ruleSets: sets }).manifest.sets[index];
        return { id, version, layer: scope.level, digest };
      }),
    );
    expect(new Set(till.decisions.map(({ said }) => said)).size).toBeGreaterThan(100);
  });

  test('runs where text cannot be evaluated', async () => {
    const till = await run();
    expect(till.evaluating).toBe('eval is blocked');
    expect(violations.every((text) => text.includes('eval'))).toBe(true);
  });

  test('goes on without a line from its IndexedDB, whatever came last', async () => {
    const expected = inputs.map(onServer);
    for (const bad of ['cut off', JSON.stringify({ ...bundle({ version: 2 }), signatures: [] })]) {
      current = bad;
      const till = await run();
      expect(till.decisions).toEqual(expected);
      expect(till.reported).toHaveLength(1);
    }
    isOffline = true;
    const till = await run();
    expect(till.decisions).toEqual(expected);
    expect(till.reported).toEqual(['BUNDLE_NOT_FETCHED']);
  });
});
