import { projectsOf, rootProject, type Manifest, type Project } from '../projects.ts';
import { lineHolding, type Repository } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const exact = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const kinds = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
] as const;

interface Pin {
  readonly project: Project;
  readonly name: string;
  readonly version: string;
}

/** The same code with the same versions everywhere, today and in a year. */
export const dependencyVersions: Rule = {
  title: 'a dependency has one exact version in the whole workspace; development ones at the root',
  check(repository) {
    const projects = projectsOf(repository);
    const pins = allProjects(repository).flatMap(pinsOf);
    return [
      ...pins.flatMap((pin) => inexact(pin, projects)),
      ...otherVersions(pins),
      ...projects.flatMap(strayDevelopment),
    ];
  },
};

function allProjects(repository: Repository): readonly Project[] {
  const root = rootProject(repository);
  return root === undefined ? [] : [root, ...projectsOf(repository)];
}

function pinsOf(project: Project): readonly Pin[] {
  return kinds.flatMap((kind) =>
    Object.entries(project.manifest[kind] ?? {}).map(([name, version]) => ({
      project,
      name,
      version,
    })),
  );
}

function fault({ project: { file }, name }: Pin, message: string): Violation {
  return { path: file.path, line: lineHolding(file, `"${name}":`), message };
}

function inexact(pin: Pin, projects: readonly Project[]): readonly Violation[] {
  const { name, version } = pin;
  const ours = projects.find(({ manifest }) => manifest.name === name)?.manifest.version;
  if (ours !== undefined && version !== ours) {
    return [fault(pin, `wants ${name} "${version}": it is ${ours}, name that`)];
  }
  if (exact.test(version)) return [];
  return [fault(pin, `wants ${name} "${version}": pin one exact version`)];
}

function otherVersions(pins: readonly Pin[]): readonly Violation[] {
  const first = new Map<string, Pin>();
  return pins.flatMap((pin) => {
    const known = first.get(pin.name);
    if (known === undefined) first.set(pin.name, pin);
    if (known === undefined || known.version === pin.version) return [];
    const place = `${known.version} in ${known.project.file.path}`;
    return [fault(pin, `wants ${pin.name} ${pin.version}, but it is ${place}: agree on one`)];
  });
}

function strayDevelopment({ file, manifest }: Project): readonly Violation[] {
  const { devDependencies = {} }: Manifest = manifest;
  return Object.keys(devDependencies).map((name) => ({
    path: file.path,
    line: lineHolding(file, `"${name}":`),
    message: `has ${name} in devDependencies: those stand in the package.json of the root`,
  }));
}
