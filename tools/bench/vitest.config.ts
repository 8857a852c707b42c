import { defineConfig } from 'vitest/config';
import shared from '../../vitest.shared.ts';

/** As everywhere, but without servers for tests: a bench brings up its own. */
export default defineConfig({ ...shared, test: { ...shared.test, globalSetup: [] } });
