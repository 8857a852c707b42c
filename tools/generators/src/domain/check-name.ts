import type { Tree } from '@nx/devkit';

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** So that no line made of it, twice in some, passes 100 columns. */
const maxLength = 20;
/** PostgreSQL's reserved words cannot name a schema without quotes. */
const reservedInSql = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast ' +
    'check collate collation column concurrently constraint create cross default deferrable desc ' +
    'distinct do else end except false fetch for foreign freeze from full grant group having ' +
    'ilike in initially inner intersect into is isnull join lateral leading left like limit ' +
    'localtime localtimestamp natural not notnull null offset on only or order outer overlaps ' +
    'placing primary references returning right select session-user similar some symmetric ' +
    'system-user table tablesample then to trailing true union unique user using variadic ' +
    'verbose when where window with'
  ).split(' '),
);

/** A type of this name would hide one that the generated code uses. */
const usedInCode = new Set(
  'error fresh-database map migration-set money promise refusal row tx'.split(' '),
);

/**
 * Refuses a name that a package, its folder or its PostgreSQL schema cannot have.
 *
 * @throws Error saying what to do instead.
 */
export function checkName(tree: Tree, name: string): void {
  const fault = shapeFault(name) ?? takenFault(tree, name);
  if (fault !== undefined) throw new Error(`"${name}" cannot name a domain package: ${fault}`);
}

function shapeFault(name: string): string | undefined {
  if (!kebabCase.test(name)) return 'write one noun in kebab-case, such as "gift-card".';
  if (name.length > maxLength) return `it is longer than ${maxLength} characters.`;
  if (reservedInSql.has(name) || /^(pg|current)-/.test(name)) {
    return `PostgreSQL reserves it, and the schema has its name; say more, as "sales-${name}".`;
  }
  if (usedInCode.has(name)) return 'the code of every package uses this word; choose another noun.';
  return undefined;
}

function takenFault(tree: Tree, name: string): string | undefined {
  const dir = ['packages', 'apps', 'tools']
    .map((folder) => `${folder}/${name}`)
    .find((path) => tree.exists(path));
  return dir === undefined ? undefined : `${dir} is there already; choose another noun.`;
}
