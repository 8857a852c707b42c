import { isRefusal } from '@sluice/money';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../language/content-digest.ts';
import {
  bundle,
  check,
  giving,
  installed,
  later,
  one,
  three,
  till,
  two,
} from '../../test/bundles.ts';
import { rules } from '../../test/arbitraries.ts';
import { goodSet, setJson } from '../../test/support.ts';
import {
  acceptBundle,
  bundleText,
  deltaFrom,
  republish,
  trustedKeyOf,
  type Bundle,
  type BundleCheck,
  type InstalledBundle,
} from '../index.ts';
import { signManifest } from './signature.ts';

function codeOf(of: Bundle | string, against: BundleCheck = check()): string {
  const accepted = acceptBundle(typeof of === 'string' ? of : bundleText(of), against);
  return isRefusal(accepted) ? accepted.code : `v${accepted.manifest.version}`;
}

/** A bundle whose manifest was changed after it was signed. */
function altered(changes: object, of = bundle()): Bundle {
  return { ...of, manifest: { ...of.manifest, ...changes } };
}

const v2 = bundle({ version: 2, ruleSets: [giving('2.00', { version: 2 })] });

describe('a bundle', () => {
  test('that is good is taken, and gives back the very sets', () => {
    fc.assert(
      fc.property(rules, (json) => {
        const set = goodSet(setJson(json));
        const accepted = installed(bundle({ ruleSets: [set] }));
        const [content] = Object.values(accepted.contents);
        expect(goodSet(content)).toEqual(set);
      }),
      { numRuns: 30 },
    );
  });

  test('is the same text for the same content, whatever order its keys had', () => {
    const shuffled = Object.fromEntries(Object.entries(bundle()).reverse()) as unknown as Bundle;
    expect(bundleText(shuffled)).toBe(bundleText(bundle()));
  });

  test.each<[string, Bundle | string, BundleCheck, string]>([
    ['of the next version', v2, check({ installed: installed() }), 'v2'],
    ['that is in use already', bundle(), check({ installed: installed() }), 'v1'],
    [
      'for a user of the device',
      bundle({ terminal: { ...till, userId: 'ann' } }),
      check({ terminal: { ...till, userId: 'ann' } }),
      'v1',
    ],
    ['without a signature where no key is set', bundle({}, []), check({ keys: [] }), 'v1'],
    ['signed by two of which one is known', bundle({}, [three, one]), check(), 'v1'],
    ['cut off', bundleText(bundle()).slice(0, -1), check(), 'BUNDLE_UNREADABLE'],
    ['that is empty', '', check(), 'BUNDLE_UNREADABLE'],
    ['that is something else', '{"html":"<h1>Log in</h1>"}', check(), 'BUNDLE_UNREADABLE'],
    [
      'of a newer format',
      altered({ format: 'sluice-rule-bundle-2' }),
      check(),
      'BUNDLE_UNREADABLE',
    ],
    ['with a key nobody knows', { ...bundle(), extra: 1 } as Bundle, check(), 'BUNDLE_UNREADABLE'],
    ['without a signature', bundle({}, []), check(), 'BUNDLE_UNSIGNED'],
    [
      'whose signatures were taken away',
      { ...bundle(), signatures: [] },
      check(),
      'BUNDLE_UNSIGNED',
    ],
    ['signed by another key', bundle({}, [two]), check(), 'BUNDLE_KEY_UNKNOWN'],
    [
      'signed by another key under a known name',
      bundle({}, [{ ...two, id: 'one' }]),
      check(),
      'BUNDLE_SIGNATURE_WRONG',
    ],
    [
      'with the signature of another bundle',
      { ...v2, signatures: bundle().signatures },
      check(),
      'BUNDLE_SIGNATURE_WRONG',
    ],
    [
      'with a signature that is no point',
      { ...bundle(), signatures: [{ keyId: 'one', signature: 'f'.repeat(128) }] },
      check(),
      'BUNDLE_SIGNATURE_WRONG',
    ],
    ['whose version was raised', altered({ version: 9 }), check(), 'BUNDLE_SIGNATURE_WRONG'],
    [
      'whose expiry was put off',
      altered({ expiresAt: '2099-01-01T00:00:00Z' }),
      check(),
      'BUNDLE_SIGNATURE_WRONG',
    ],
    [
      'whose keys were exchanged',
      altered({ keys: [trustedKeyOf(two)] }),
      check(),
      'BUNDLE_SIGNATURE_WRONG',
    ],
    [
      'for another device',
      bundle({ terminal: { deviceId: 'till-2' } }),
      check(),
      'BUNDLE_FOR_OTHER_TERMINAL',
    ],
    [
      'for a user, where none is',
      bundle({ terminal: { ...till, userId: 'ann' } }),
      check(),
      'BUNDLE_FOR_OTHER_TERMINAL',
    ],
    ['that expired', bundle({ expiresAt: '2017-07-03T11:59:59Z' }), check(), 'BUNDLE_EXPIRED'],
    [
      'that expires this second',
      bundle({ expiresAt: '2017-07-03T12:00:00Z' }),
      check(),
      'BUNDLE_EXPIRED',
    ],
    ['that is older', bundle(), check({ installed: installed(v2) }), 'BUNDLE_VERSION_LOWERED'],
    [
      'of the same version with other content',
      bundle({ ruleSets: [giving('9.00')] }),
      check({ installed: installed() }),
      'BUNDLE_VERSION_REUSED',
    ],
    [
      'with a set that is none',
      { ...bundle(), contents: { [Object.keys(bundle().contents)[0]!]: { id: 's' } } },
      check(),
      'BUNDLE_CONTENT_ALTERED',
    ],
    [
      'with a set too many',
      { ...bundle(), contents: { ...bundle().contents, ...v2.contents } },
      check(),
      'BUNDLE_CONTENT_ALTERED',
    ],
    ['with a set too few', { ...bundle(), contents: {} }, check(), 'BUNDLE_CONTENT_MISSING'],
    [
      'with a set for another device',
      bundle({ ruleSets: [giving('1.00', { scope: { level: 'device', id: 'till-2' } })] }),
      check(),
      'BUNDLE_SET_INVALID',
    ],
    [
      'with one set twice',
      bundle({ ruleSets: [giving('1.00'), giving('2.00')] }),
      check(),
      'BUNDLE_SET_INVALID',
    ],
    [
      'that lowers the version of a set',
      bundle({ version: 2 }),
      check({ installed: installed(bundle({ ruleSets: [giving('1.00', { version: 7 })] })) }),
      'BUNDLE_SET_INVALID',
    ],
    [
      'that changes a set under its version',
      bundle({ version: 2, ruleSets: [giving('3.00')] }),
      check({ installed: installed() }),
      'BUNDLE_SET_INVALID',
    ],
  ])('%s: %#', (_title, of, against, code) => {
    expect(codeOf(of, against)).toBe(code);
  });

  test('that is signed but holds a set of an unknown language is refused as a whole', () => {
    const good = bundle();
    const content = { ...Object.values(good.contents)[0], rules: [{ id: 'new', loop: 1 }] };
    const manifest = { ...good.manifest, sets: [digestOf(content)] };
    const contents = { [digestOf(content)]: content };
    const signatures = [signManifest(manifest, one)];
    expect(codeOf({ manifest, signatures, contents })).toBe('BUNDLE_SET_INVALID');
  });

  test('cut off anywhere is refused', () => {
    const text = bundleText(bundle());
    for (let end = 0; end < text.length; end += 1) {
      expect(codeOf(text.slice(0, end))).toBe('BUNDLE_UNREADABLE');
    }
  });

  test('with any one character changed is refused', () => {
    const text = bundleText(bundle());
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0aZ"{}: ,\\'), (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        fc.pre(changed !== text);
        let same = false;
        try {
          same = bundleText(JSON.parse(changed) as Bundle) === text;
        } catch {
          // Then it is refused as no JSON.
        }
        fc.pre(!same);
        expect(codeOf(changed)).toMatch(/^BUNDLE_/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a delta', () => {
  const sets = ['x', 'y'].map((id) => giving('1.00', { id }));
  const first = bundle({ ruleSets: sets });
  const second = bundle({
    version: 2,
    ruleSets: [sets[0]!, giving('2.00', { id: 'y', version: 2 })],
  });
  const delta = deltaFrom(second, first.manifest);

  test('brings only what is new, and is the same bundle', () => {
    expect(Object.keys(delta.contents)).toHaveLength(1);
    const whole = acceptBundle(bundleText(second), check({ installed: installed(first) }));
    expect(acceptBundle(bundleText(delta), check({ installed: installed(first) }))).toEqual(whole);
  });

  test('to something else is refused, for the whole to be fetched', () => {
    expect(codeOf(delta)).toBe('BUNDLE_CONTENT_MISSING');
  });

  test('may take a set away', () => {
    const third = bundle({ version: 3, ruleSets: [sets[0]!] });
    const less = deltaFrom(third, first.manifest);
    expect(less.contents).toEqual({});
    expect(codeOf(less, check({ installed: installed(first) }))).toBe('v3');
  });
});

describe('rotating keys', () => {
  const both = [trustedKeyOf(one), trustedKeyOf(two)];

  function take(before: InstalledBundle | null, of: Bundle): InstalledBundle | string {
    const keys = before?.keys ?? [trustedKeyOf(one)];
    const accepted = acceptBundle(bundleText(of), check({ keys, installed: before }));
    return isRefusal(accepted) ? accepted.code : accepted;
  }

  test('goes over to the new key, and the old one is worth nothing from then on', () => {
    const first = take(null, bundle({ keys: both })) as InstalledBundle;
    const second = take(
      first,
      bundle({ version: 2, keys: [trustedKeyOf(two)] }, [two]),
    ) as InstalledBundle;
    expect(second.keys).toEqual([trustedKeyOf(two)]);
    expect(take(second, bundle({ version: 3 }, [one]))).toBe('BUNDLE_KEY_UNKNOWN');
    expect(take(second, bundle({ version: 3 }, [two]))).toMatchObject({ manifest: { version: 3 } });
  });

  test('cannot be begun by a key that is not trusted, nor end in no key at all', () => {
    expect(take(null, bundle({ keys: [trustedKeyOf(two)] }, [two]))).toBe('BUNDLE_KEY_UNKNOWN');
    expect(take(null, bundle({ keys: [] }))).toBe('BUNDLE_UNREADABLE');
  });

  test('a bundle without keys leaves them as they are', () => {
    const first = take(null, bundle({ keys: both })) as InstalledBundle;
    expect((take(first, bundle({ version: 2 }, [two])) as InstalledBundle).keys).toEqual(both);
  });
});

test('going back is old content under a new, higher version', () => {
  const old = giving('1.00', { version: 3 });
  const back = republish(old, 5);
  expect(back).toEqual({ ...old, version: 5 });
  const bad = installed(bundle({ version: 4, ruleSets: [giving('9.99', { version: 4 })] }));
  expect(
    codeOf(bundle({ version: 5, ruleSets: [back], expiresAt: later }), check({ installed: bad })),
  ).toBe('v5');
  expect(() => republish(old, 3)).toThrow(RangeError);
});
