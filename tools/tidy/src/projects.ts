import type { Repository, RepositoryFile } from './repository.ts';

/** What the rules read of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly workspaces?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly nx?: { readonly tags?: readonly string[] };
}

/** Package names and versions. */
export type Dependencies = Readonly<Record<string, string>>;

/** A package.json of the workspace, and the folder that is its own. */
export interface Project {
  /** From the root, such as `packages/pool`; empty for the root itself. */
  readonly dir: string;
  readonly file: RepositoryFile;
  readonly manifest: Manifest;
}

const manifestName = 'package.json';

function readProject(file: RepositoryFile): Project {
  const dir = file.path.slice(0, -manifestName.length).replace(/\/$/, '');
  return { dir, file, manifest: JSON.parse(file.text) as Manifest };
}

/** The package.json at the root, which lists the workspace. */
export function rootProject(repository: Repository): Project | undefined {
  const file = repository.file(manifestName);
  return file === undefined ? undefined : readProject(file);
}

/** The projects of the workspace, without the root. */
export function projectsOf(repository: Repository): readonly Project[] {
  const patterns = rootProject(repository)?.manifest.workspaces ?? [];
  const workspaces = patterns.map(
    (pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}/package\\.json$`),
  );
  return repository.files
    .filter(({ path }) => workspaces.some((workspace) => workspace.test(path)))
    .map(readProject);
}

/** The project whose folder holds this path; undefined for what belongs to the root. */
export function projectAt(projects: readonly Project[], path: string): Project | undefined {
  return projects.find(({ dir }) => path.startsWith(`${dir}/`));
}

/** The `type:` of a project, such as `pure`. */
export function typeOf({ manifest }: Project): string | undefined {
  return manifest.nx?.tags?.find((tag) => tag.startsWith('type:'))?.slice('type:'.length);
}
