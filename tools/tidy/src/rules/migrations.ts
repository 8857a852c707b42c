import { faultsOf } from '../migration-statement.ts';
import type { Repository, RepositoryFile } from '../repository.ts';
import type { Rule } from '../rule.ts';
import { statementsOf } from '../sql.ts';
import type { Violation } from '../violation.ts';

const migrationPath = /^packages\/([^/]+)\/src\/(?:store\/)?migrations\/([^/]+)$/;
const fileName = /^(\d{3})_[a-z0-9]+(?:_[a-z0-9]+)*\.sql$/;
const up = '-- Up Migration';

/** A team changes its own tables without asking, and the app can never destroy what is recorded. */
export const migrations: Rule = {
  title: 'migrations are numbered from 001, only go up, and stay in the schema of their package',
  check: (repository) =>
    foldersOf(repository).flatMap(({ schema, files }) => [
      ...misnumbered(files),
      ...files.flatMap((file) => [...misdirected(file), ...misplaced(file, schema)]),
    ]),
};

interface Folder {
  readonly schema: string;
  readonly files: readonly RepositoryFile[];
}

function foldersOf({ files }: Repository): readonly Folder[] {
  const folders = new Map<string, RepositoryFile[]>();
  for (const file of files) {
    const name = migrationPath.exec(file.path)?.[1];
    if (name === undefined) continue;
    const schema = name.replaceAll('-', '_');
    folders.set(schema, [...(folders.get(schema) ?? []), file]);
  }
  return [...folders].map(([schema, own]) => ({
    schema,
    files: own.sort((left, right) => (left.path < right.path ? -1 : 1)),
  }));
}

function misnumbered(files: readonly RepositoryFile[]): readonly Violation[] {
  return files.flatMap(({ path }, index) => {
    const name = migrationPath.exec(path)?.[2] ?? '';
    const wanted = String(index + 1).padStart(3, '0');
    if (fileName.exec(name)?.[1] === wanted) return [];
    return [{ path, line: 1, message: `is file ${wanted} here: call it ${wanted}_name.sql` }];
  });
}

function misdirected({ path, lines }: RepositoryFile): readonly Violation[] {
  const down = lines.findIndex((line) => /^\s*--\s*down migration/i.test(line)) + 1;
  return [
    ...(lines[0] === up ? [] : [{ path, line: 1, message: `does not begin with "${up}": do` }]),
    ...(down === 0
      ? []
      : [{ path, line: down, message: 'goes down: undo by a new migration, forward' }]),
  ];
}

function misplaced({ path, text }: RepositoryFile, schema: string): readonly Violation[] {
  return statementsOf(text).flatMap(({ text: statement, line }) =>
    faultsOf(statement, schema).map((message) => ({ path, line, message })),
  );
}
