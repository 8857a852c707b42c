import { expect, test } from 'vitest';
import { withoutServers } from './environment.ts';

test('a bench never works on servers or folders that the environment names', () => {
  expect(
    withoutServers({
      PATH: '/usr/bin',
      SLUICE_CACHE: 'kept',
      SLUICE_DATASET: 'generated',
      DATABASE_URL: 'postgres://somebody',
      TEMPORAL_ADDRESS: 'somewhere:7233',
      TEMPORAL_API_KEY: 'secret',
      SANDBOX_BANK_URL: 'http://bank',
      SLUICE_STATE_DIR: '/state',
    }),
  ).toEqual({ PATH: '/usr/bin', SLUICE_CACHE: 'kept', SLUICE_DATASET: 'generated' });
});
