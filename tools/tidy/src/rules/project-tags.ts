import { projectsOf, type Project } from '../projects.ts';
import { lineHolding, type Repository } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const types = ['pure', 'store', 'orchestrator', 'app', 'tool'];
const roots = ['packages', 'apps', 'tools'];
/** Runs before anything is installed, so it can be no package of the workspace. */
const beforeInstall = 'tools/run';

/** Boundaries are checked by tags, so a project without them would have none. */
export const projectTags: Rule = {
  title: 'every project has a package.json, a name as its folder, one scope: and one type:',
  check: (repository) => [
    ...withoutManifest(repository),
    ...projectsOf(repository).flatMap((project) => [...misnamed(project), ...mistagged(project)]),
  ],
};

function withoutManifest(repository: Repository): readonly Violation[] {
  const dirs = repository.files.map(({ path }) => path.split('/').slice(0, 2).join('/'));
  const projects = [...new Set(dirs)].filter(
    (dir) =>
      dir !== beforeInstall &&
      roots.some((root) => dir.startsWith(`${root}/`)) &&
      repository.file(dir) === undefined,
  );
  return projects
    .filter((dir) => repository.file(`${dir}/package.json`) === undefined)
    .map((dir) => ({
      path: `${dir}/package.json`,
      line: 1,
      message: 'is missing: every folder here is a project, copy the one beside it',
    }));
}

function misnamed({ dir, file, manifest }: Project): readonly Violation[] {
  const wanted = `@sluice/${dir.split('/').at(-1) ?? ''}`;
  const { name = '' } = manifest;
  // The end-to-end tests stand at the root, in a folder that is named after what they are.
  const right = dir.includes('/') ? name === wanted : name.startsWith('@sluice/');
  if (right) return [];
  const message = `is called "${name}": call it "${wanted}"`;
  return [{ path: file.path, line: lineHolding(file, '"name"'), message }];
}

function mistagged({ file, manifest }: Project): readonly Violation[] {
  const { name = '', nx } = manifest;
  const tags = nx?.tags ?? [];
  const scope = `scope:${name.replace('@sluice/', '')}`;
  const faults = [
    ...(isOneOf(tags, 'scope:', [scope]) ? [] : [`needs the one scope tag "${scope}"`]),
    ...(isOneOf(
      tags,
      'type:',
      types.map((type) => `type:${type}`),
    )
      ? []
      : [`needs one type tag of type:${types.join(' | ')}`]),
    ...tags
      .filter((tag) => !/^(scope|type):/.test(tag))
      .map((tag) => `has the unknown tag "${tag}"`),
  ];
  return faults.map((fault) => ({
    path: file.path,
    line: lineHolding(file, '"tags"'),
    message: `${fault}: it has [${tags.join(', ')}]`,
  }));
}

function isOneOf(tags: readonly string[], prefix: string, allowed: readonly string[]): boolean {
  const own = tags.filter((tag) => tag.startsWith(prefix));
  return own.length === 1 && allowed.includes(own[0] ?? '');
}
