import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleExport } from '../../testing/sample-export.ts';
import { sha256 } from '../../store/seal/sha256.ts';
import type { ExportVerdict } from './export-verifier.ts';
import { parseSeal } from './export-lines.ts';
import { verifyExport, type VerifyOptions } from './verify-export.ts';

const sizes = [3, 1, 4];
/** header; seal 1, 3 transfers; seal 2, 1 transfer; seal 3, 4 transfers */
const lines = sampleExport(sizes);
const bytes = new TextEncoder().encode(lines.join(''));
const isSealLine = (line: number): boolean => lines[line - 1]?.startsWith('{"seal"') ?? false;
const sealOfLine = (line: number): number =>
  lines.slice(0, line).filter((_, i) => isSealLine(i + 1)).length;

async function verify(
  file: Uint8Array | readonly string[],
  options: VerifyOptions & { readonly pieceBytes?: number } = {},
): Promise<ExportVerdict> {
  const all = file instanceof Uint8Array ? file : new TextEncoder().encode(file.join(''));
  const { pieceBytes = all.length + 1, ...rest } = options;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < all.length; at += pieceBytes) {
      yield await Promise.resolve(all.subarray(at, at + pieceBytes));
    }
  }
  return verifyExport(pieces(), sha256, rest);
}

/** The findings as `kind line`, in order. */
async function found(file: Uint8Array | readonly string[]): Promise<readonly string[]> {
  const { findings } = await verify(file);
  return findings.map(({ kind, line, lastLine }) =>
    line === lastLine ? `${kind} ${line}` : `${kind} ${line}-${lastLine}`,
  );
}

/** The lines with some of them replaced: from this line, so many go and these come. */
function spliced(line: number, gone: number, ...come: readonly string[]): readonly string[] {
  return lines.toSpliced(line - 1, gone, ...come);
}

const lineAt = (line: number): string => lines[line - 1] ?? '';

test('an export as it was written is right, however it comes in pieces', async () => {
  for (const pieceBytes of [1, 7, 64, 1_000, bytes.length]) {
    const seen: number[] = [];
    const onBytes = (read: number): number => seen.push(read);
    const verdict = await verify(bytes, { pieceBytes, onBytes });
    expect(verdict).toMatchObject({ seals: 3, transfers: 8, findings: [], findingCount: 0 });
    const { number, throughNs, hash } = parseSeal(lineAt(8))!;
    expect(verdict.head).toEqual({ number, throughNs, hash });
    expect(seen.at(-1)).toBe(bytes.length);
  }
});

test('an export of nothing is right', async () => {
  const verdict = await verify(sampleExport([]));
  expect(verdict).toMatchObject({ seals: 0, transfers: 0, findings: [], head: { number: 0 } });
});

test('each byte that is flipped is found in its line and told for what it is', async () => {
  let line = 1;
  for (const [place, byte] of bytes.entries()) {
    const flipped = bytes.slice();
    flipped[place] = byte ^ (1 << (place % 8));
    const { findings } = await verify(flipped);
    const [first] = findings;
    const isLineEnd = byte === 0x0a;
    const kind = line === 1 ? 'header' : isSealLine(line) ? 'altered-seal' : 'changed-transfer';
    expect({ place, line: first?.line }).toEqual({ place, line });
    if (!isLineEnd) expect({ place, kind: first?.kind }).toEqual({ place, kind });
    if (!isLineEnd && line > 1) expect(first?.seal).toBe(sealOfLine(line));
    if (isLineEnd) line += 1;
    // Where no line was torn or made, nothing else is said to be wrong.
    else if (flipped[place] !== 0x0a)
      expect({ place, n: findings.length }).toEqual({ place, n: 1 });
  }
  expect(line).toBe(lines.length + 1);
}, 60_000);

test('any byte that becomes any other is found in its line', async () => {
  const places = fc.nat({ max: bytes.length - 1 });
  await fc.assert(
    fc.asyncProperty(places, fc.nat({ max: 255 }), async (place, value) => {
      fc.pre(bytes[place] !== value);
      const changed = bytes.slice();
      changed[place] = value;
      const line = bytes.subarray(0, place).filter((byte) => byte === 0x0a).length + 1;
      expect((await verify(changed)).findings[0]?.line).toBe(line);
    }),
    { numRuns: 300 },
  );
});

test('bytes put in or taken out anywhere are found', async () => {
  const places = fc.nat({ max: bytes.length - 1 });
  const come = fc.uint8Array({ maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(places, fc.nat({ max: 400 }), come, async (place, gone, inserted) => {
      const changed = Uint8Array.from([...bytes].toSpliced(place, gone, ...inserted));
      fc.pre(Buffer.compare(changed, bytes) !== 0);
      const { findings } = await verify(changed);
      const line = bytes.subarray(0, place).filter((byte) => byte === 0x0a).length + 1;
      expect(findings.length).toBeGreaterThan(0);
      // What was put in at the end of a line may make a line of its own.
      expect(findings[0]?.line).toBeLessThanOrEqual(line + 1);
    }),
    { numRuns: 300 },
  );
});

describe('a line that is gone is missed where it was', () => {
  test.each([
    [1, ['header 1']],
    [2, ['removed-seals 2-4']],
    [3, ['removed-transfers 3']],
    [4, ['removed-transfers 4']],
    [5, ['removed-transfers 5']],
    [6, ['removed-seals 6']],
    [7, ['removed-transfers 7']],
    [8, ['removed-seals 8-11']],
    [9, ['removed-transfers 9']],
    [12, ['truncated 12']],
  ])('line %i', async (line, expected) => {
    expect(await found(spliced(line, 1))).toEqual(expected);
  });
});

test('a line that is there twice is found, and named as a repetition', async () => {
  for (const line of lines.keys()) {
    const expected = line === 0 ? 'added-lines 2' : `repeated-line ${line + 2}`;
    expect(await found(spliced(line + 1, 0, lineAt(line + 1)))).toEqual([expected]);
  }
});

test('a file that ends too early is found at every line, and at every byte', async () => {
  for (let kept = 0; kept < lines.length; kept += 1) {
    expect(await found(lines.slice(0, kept))).toEqual([`truncated ${kept + 1}`]);
  }
  for (let kept = 0; kept < bytes.length; kept += 1) {
    const [first] = (await verify(bytes.subarray(0, kept))).findings;
    expect({ kept, kind: first?.kind }).toEqual({ kept, kind: 'truncated' });
  }
}, 60_000);

describe('lines that changed places', () => {
  test.each([
    [3, 4, ['reordered-transfers 3-4']],
    [3, 5, ['reordered-transfers 3-5']],
    [9, 12, ['reordered-transfers 9-12']],
  ])('transfers of one seal: lines %i and %i', async (one, other, expected) => {
    const swapped = lines.with(one - 1, lineAt(other)).with(other - 1, lineAt(one));
    expect(await found(swapped)).toEqual(expected);
  });

  test('of any two, the first is found', async () => {
    for (let one = 1; one <= lines.length; one += 1) {
      for (let other = one + 1; other <= lines.length; other += 1) {
        const swapped = lines.with(one - 1, lineAt(other)).with(other - 1, lineAt(one));
        const { findings } = await verify(swapped);
        expect({ one, other, line: findings[0]?.line }).toEqual({ one, other, line: one });
      }
    }
  });

  test('whole seals with their transfers', async () => {
    const [header, ...rest] = lines;
    const swapped = [header!, ...rest.slice(0, 4), ...rest.slice(6), ...rest.slice(4, 6)];
    expect(await found(swapped)).toEqual(['removed-seals 6', 'misplaced-seal 11']);
  });
});

describe('what a forger does', () => {
  const forged = lineAt(4).replace('"amountMinor":"5"', '"amountMinor":"6"');
  const seal = parseSeal(lineAt(2))!;
  const leaves = seal.leaves.replace(sha256(lineAt(4)), sha256(forged));

  test('a transfer and its leaf: the seal no longer agrees with itself', async () => {
    const altered = lineAt(2).replace(seal.leaves, leaves);
    const { findings } = await verify(lines.with(3, forged).with(1, altered));
    expect(findings).toMatchObject([{ kind: 'altered-seal', line: 2, seal: 1 }]);
  });

  test('the seal made anew as well: the next one does not continue it', async () => {
    const again = remade([3], 4, forged);
    expect(await found([...lines.slice(0, 1), ...again.slice(1), ...lines.slice(5)])).toEqual([
      'broken-chain 6',
    ]);
  });

  test('everything made anew: only a hash that was kept elsewhere tells', async () => {
    const again = remade(sizes, 4, forged);
    expect(await found(again)).toEqual([]);
    const kept = parseSeal(lineAt(8))!.hash;
    const { findings, keptSeal } = await verify(again, { head: kept });
    expect(keptSeal).toBeNull();
    expect(findings).toMatchObject([{ kind: 'head-not-found' }]);
  });
});

test('a hash that was kept is found in a chain that has grown since', async () => {
  const kept = parseSeal(lineAt(6))!.hash;
  expect(await verify(lines, { head: kept })).toMatchObject({ keptSeal: 2, findings: [] });
  const { head } = await verify(sampleExport([]));
  expect(await verify(lines, { head: head.hash })).toMatchObject({ keptSeal: 0, findings: [] });
});

test('of very many faults the first twenty are told, and all are counted', async () => {
  const many = sampleExport([50]);
  const { findings, findingCount } = await verify(many.map((line) => line.replace('RED-', 'X-')));
  expect([findings.length, findingCount]).toEqual([20, 50]);
});

test('lines that were never sealed are told of together, however many there are', async () => {
  const stray = lineAt(5).replace('RED-3', 'RED-X');
  const file = [...lines, ...Array.from({ length: 30_000 }, () => stray)];
  const [first, second] = (await verify(file)).findings;
  expect(first).toMatchObject({ kind: 'added-lines', line: lines.length + 1 });
  expect(second).toMatchObject({ kind: 'repeated-line', line: lines.length + 2 });
});

/** A whole export anew, with this text in one of its lines. */
function remade(blocks: readonly number[], line: number, text: string): readonly string[] {
  return sampleExport(blocks, { replaced: { line, text } });
}
