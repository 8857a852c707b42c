import { projectsOf, type Project } from '../projects.ts';
import { lineHolding, type Repository } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const face = './src/index.ts';
/** Further doors, each for a kind of caller that must not load the rest. */
const furtherDoors: Readonly<Record<string, readonly string[]>> = {
  '@sluice/database': ['./testing'],
  '@sluice/orchestrator': ['./workflows', './activities', './worker'],
  '@sluice/rule-engine': ['./text'],
};

/** A package that a stranger can use: a README, and one face that is all they may import. */
export const publicFace: Rule = {
  title: 'every package has a README.md and the one public face src/index.ts',
  check: (repository) =>
    projectsOf(repository)
      .filter(({ dir }) => /^(packages|apps|tools)\//.test(dir))
      .flatMap((project) => [
        ...readmeFaults(repository, project),
        ...faceFaults(repository, project),
      ]),
};

function readmeFaults(repository: Repository, { dir }: Project): readonly Violation[] {
  const path = `${dir}/README.md`;
  if (repository.file(path) !== undefined) return [];
  return [{ path, line: 1, message: 'is missing: say what the package is and how to use it' }];
}

function faceFaults(
  repository: Repository,
  { dir, file, manifest }: Project,
): readonly Violation[] {
  const { name = '', exports = {} } = manifest;
  const doors = ['.', ...(furtherDoors[name] ?? [])];
  const faults = Object.entries(exports).flatMap(([door, target]) => {
    if (!doors.includes(door))
      return [`exports "${door}": only ${doors.join(' ')} may be imported`];
    const exists = repository.file(`${dir}/${target.replace('./', '')}`) !== undefined;
    return exists ? [] : [`exports "${door}" from ${target}, which is not there: write it`];
  });
  if (exports['.'] !== face) faults.unshift(`does not export "." from ${face}: do`);
  return faults.map((message) => ({
    path: file.path,
    line: lineHolding(file, '"exports"'),
    message,
  }));
}
