import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The one Vitest configuration: every project's vitest.config.ts re-exports it. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Starts the servers that a project's tests need, unless `npm test` has started them.
    globalSetup: [
      fileURLToPath(new URL('./tools/stack/src/vitest-global-setup.ts', import.meta.url)),
    ],
    passWithNoTests: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', ['json', { outputFile: './test-results/results.json' }]],
  },
});
