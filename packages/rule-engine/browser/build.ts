import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

/** The browser build: one ES module. */
export interface BrowserBuild {
  readonly text: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

interface CurrencyRecord {
  readonly code: string;
  readonly digits: number;
}

/** Of the list of currencies the engine reads codes and decimal places; countries stay behind. */
const slimCurrencies: Plugin = {
  name: 'slim-currencies',
  setup(builder) {
    builder.onLoad({ filter: /currency-codes[\\/]data\.js$/ }, async ({ path }) => {
      const { default: data } = (await import(path)) as { default: readonly CurrencyRecord[] };
      const slim = data.map(({ code, digits }) => ({ code, digits }));
      return { contents: `module.exports = ${JSON.stringify(slim)}`, loader: 'js' };
    });
    builder.onLoad({ filter: /currency-codes[\\/]iso-4217-publish-date\.js$/ }, () => ({
      contents: '',
      loader: 'js',
    }));
  },
};

/** What rules never ask of a decimal: a third of the library, two long constants included. */
const unused = [
  'acos acosh asin asinh atan atan2 atanh cbrt cos cosh cosine cubeRoot exp hyperbolicCosine',
  'hyperbolicSine hyperbolicTangent hypot inverseCosine inverseHyperbolicCosine',
  'inverseHyperbolicSine inverseHyperbolicTangent inverseSine inverseTangent ln log log10 log2',
  'logarithm naturalExponential naturalLogarithm pow random sin sine sinh sqrt squareRoot tan',
  'tangent tanh toBinary toFraction toHexadecimal toNearest toOctal toPower',
]
  .join(' ')
  .split(' ')
  .join('|');

/**
 * Unhooks the functions of decimal.js that nothing uses; esbuild then drops them and what only they
 * use. A release of the library that is written otherwise stops the build.
 */
const slimDecimals: Plugin = {
  name: 'slim-decimals',
  setup(builder) {
    builder.onLoad({ filter: /decimal\.js[\\/]decimal\.mjs$/ }, async ({ path }) => {
      const contents = slim(await readFile(path, 'utf8'), [
        [
          new RegExp(`^P\\.(${unused}) = (?:P\\.\\w+ = )?function`, 'gm'),
          'const unused_$1 = function',
        ],
        [new RegExp(`^  Decimal\\.(?:${unused}) = .*$`, 'gm'), ''],
        [/^(?:LN10|PI) = new Decimal\(\w+\);$/gm, ''],
        [/^  (?:LN10|PI)_PRECISION = \w+\.length - 1,$/gm, ''],
      ]);
      return { contents, loader: 'js' };
    });
  },
};

function slim(text: string, cuts: readonly (readonly [RegExp, string])[]): string {
  return cuts.reduce((rest, [pattern, by]) => {
    const cut = rest.replaceAll(pattern, by);
    if (cut === rest) throw new Error(`decimal.js has no ${pattern.source}: look at this build`);
    return cut;
  }, text);
}

/** Builds the engine for browsers, without the CEL parser. */
export async function buildBrowser(): Promise<BrowserBuild> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('entry.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    minify: true,
    platform: 'browser',
    target: 'es2022',
    write: false,
    plugins: [slimCurrencies, slimDecimals],
  });
  const [{ text } = { text: '' }] = outputFiles;
  const bytes = Buffer.byteLength(text);
  return { text, bytes, gzippedBytes: gzipSync(text, { level: 9 }).length };
}

if (import.meta.main) {
  const { text, bytes, gzippedBytes } = await buildBrowser();
  const file = new URL('../dist/sluice-rules.js', import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, text);
  process.stdout.write(`${fileURLToPath(file)}: ${bytes} bytes, ${gzippedBytes} gzipped\n`);
}
