import { fileURLToPath } from 'node:url';
import { formatFiles, generateFiles, logger, names, readJson, type Tree } from '@nx/devkit';
import { checkName } from './check-name.ts';

/** What `nx g ./tools/generators:domain` is given. */
export interface DomainOptions {
  /** One noun in kebab-case, such as `gift-card`. */
  readonly name: string;
}

const templates = fileURLToPath(new URL('./files', import.meta.url));

/**
 * Makes `packages/NAME`: pure domain, store with its own PostgreSQL schema, migration, tests and
 * README, on one small example that records amounts under a key.
 *
 * @returns what to say once the files are written.
 * @throws Error when the name is no noun in kebab-case, reserved, or taken.
 */
export async function generateDomain(tree: Tree, { name }: DomainOptions): Promise<() => void> {
  checkName(tree, name);
  const dir = `packages/${name}`;
  generateFiles(tree, templates, dir, {
    name,
    className: names(name).className,
    propertyName: names(name).propertyName,
    constantName: names(name).constantName,
    schema: name.replaceAll('-', '_'),
    moneyVersion: versionOf(tree, 'money'),
    databaseVersion: versionOf(tree, 'database'),
  });
  await formatFiles(tree);
  return () => {
    logger.info(`
${dir} is a package like the others. Next:
  npm install                  takes it into the workspace and the lock file
  npx nx test @sluice/${name}
Then put its own nouns in the place of the example, from src/domain outwards.`);
  };
}

function versionOf(tree: Tree, packageName: string): string {
  return readJson<{ version: string }>(tree, `packages/${packageName}/package.json`).version;
}
