import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { notYetNamed, serversFor } from './test-needs.ts';
import { tempDir } from './testing/temp-dir.ts';

describe('serversFor', () => {
  it.each([
    ['a pure package', { nx: { tags: ['type:pure'] }, dependencies: { pg: '1' } }, []],
    ['a package without dependencies', {}, []],
    ['a store', { dependencies: { '@sluice/database': '1' } }, ['postgres']],
    ['the database package itself', { dependencies: { pg: '1' } }, ['postgres']],
    [
      'whoever runs workflows',
      { dependencies: { '@sluice/database': '1', '@temporalio/worker': '1' } },
      ['postgres', 'temporal'],
    ],
  ])('%s', (_title, manifest, servers) => {
    const dir = tempDir();
    writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
    expect(serversFor(dir)).toEqual(servers);
  });

  it('starts nothing that the environment already names', () => {
    const env = { SLUICE_TEST_DATABASE_URL: 'postgres://somewhere' };
    expect(notYetNamed(['postgres', 'temporal'], env)).toEqual(['temporal']);
  });
});
