import { defineConfig } from 'vitest/config';
import shared from '../vitest.shared.ts';

/** As everywhere, but without servers for tests: the program under test brings up its own. */
export default defineConfig({ ...shared, test: { ...shared.test, globalSetup: [] } });
