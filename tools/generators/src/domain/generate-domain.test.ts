import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeViolation, readRepository, repositoryOf, rules } from '@sluice/tidy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyWorkspace, type Ended, type WorkspaceCopy } from '../testing/workspace-copy.ts';

const project = 'packages/gift-card';
/** Several programs run one after another, beside whatever else the machine is doing. */
const patience = { timeout: 120_000 };
let copy: WorkspaceCopy;
let generated: Ended;

beforeAll(async () => {
  copy = copyWorkspace();
  generated = await copy.run('.', 'nx', 'g', './tools/generators:domain', 'gift-card');
}, patience.timeout);
afterAll(() => copy.remove());

async function expectSuccess(
  folder: string,
  program: string,
  ...args: readonly string[]
): Promise<void> {
  const { code, said } = await copy.run(folder, program, ...args);
  expect(code, said).toBe(0);
}

describe('nx g ./tools/generators:domain gift-card', patience, () => {
  test('says what it made and what comes next', () => {
    expect(generated.code, generated.said).toBe(0);
    expect(generated.said).toContain('CREATE packages/gift-card/src/domain/gift-card.ts');
    expect(generated.said).toContain(
      'CREATE packages/gift-card/src/store/migrations/001_gift_card',
    );
    expect(generated.said).toContain('npm install');
  });

  test('makes a package that is formatted, linted, typed and tested at once', async () => {
    await expectSuccess('.', 'prettier', '--check', project);
    const targets = ['-t', 'lint', 'typecheck', 'test', '-p', '@sluice/gift-card'];
    await expectSuccess('.', 'nx', 'run-many', '--outputStyle=static', ...targets);
  });

  test('makes a package that is tidy', () => {
    const files = readRepository(copy.dir).files.filter(
      ({ path }) => path.startsWith(`${project}/`) || path.endsWith('package.json'),
    );
    const repository = repositoryOf(
      Object.fromEntries(files.map(({ path, text }) => [path, text])),
    );
    const found = rules
      .flatMap(({ check }) => check(repository))
      .filter(({ path }) => path.startsWith(`${project}/`));
    expect(repository.file(`${project}/package.json`)).toBeDefined();
    expect(found.map(describeViolation)).toEqual([]);
  });

  test('makes a package that may not import another domain', async () => {
    writeFileSync(
      join(copy.dir, project, 'src', 'trespass.ts'),
      "export { ledgerMigrations } from '@sluice/ledger';\n",
    );
    const { code, said } = await copy.run(project, 'eslint', 'src/trespass.ts');
    expect(code, said).toBe(1);
    expect(said).toContain('@nx/enforce-module-boundaries');
    expect(said).toContain('A project tagged with "type:store"');
  });

  test('refuses a name that is there already, and writes nothing', async () => {
    const again = await copy.run('.', 'nx', 'g', './tools/generators:domain', 'ledger');
    expect(again.code).not.toBe(0);
    expect(again.said).toContain(
      '"ledger" cannot name a domain package: packages/ledger is there already',
    );
    expect(again.said).not.toContain('CREATE');
  });
});
