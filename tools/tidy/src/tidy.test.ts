import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeViolation, readRepository, rules } from './index.ts';

const repository = readRepository(fileURLToPath(new URL('../../..', import.meta.url)));

describe('the repository', () => {
  test.each(rules)('$title', ({ check }) => {
    const found = check(repository).map(describeViolation);
    if (found.length > 0) expect.fail(`\n${found.join('\n')}\n`);
  });
});

describe('the rules', () => {
  test('are all run, and each is tested on what breaks it', () => {
    const paths = repository.files.map(({ path }) => path);
    const names = paths
      .filter((path) => path.startsWith('tools/tidy/src/rules/') && !path.endsWith('.test.ts'))
      .map((path) => path.replace(/\.ts$/, ''));
    expect(rules).toHaveLength(names.length);
    expect(new Set(rules.map(({ title }) => title)).size).toBe(rules.length);
    expect(names.filter((name) => !paths.includes(`${name}.test.ts`))).toEqual([]);
  });
});
