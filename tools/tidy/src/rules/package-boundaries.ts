import { posix } from 'node:path';
import { codeOf, modulesOf, type Code, type ModuleName } from '../code.ts';
import { projectAt, projectsOf, type Project } from '../projects.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

/** The one file that projects share by its path: each vitest.config.ts takes it over. */
const shared = 'vitest.shared.ts';

/** A package may change whatever is behind its public face without asking anybody. */
export const packageBoundaries: Rule = {
  title: "no import reaches past another package's public face",
  check(repository) {
    const projects = projectsOf(repository);
    return codeOf(repository).flatMap((code) => trespasses(code, projects));
  },
};

function trespasses(code: Code, projects: readonly Project[]): readonly Violation[] {
  const { path } = code.file;
  return modulesOf(code).flatMap((module) => {
    const message = module.name.startsWith('.')
      ? leaving(path, module, projects)
      : pastFace(module, projects);
    return message === undefined ? [] : [{ path, line: module.line, message }];
  });
}

function leaving(
  path: string,
  { name }: ModuleName,
  projects: readonly Project[],
): string | undefined {
  const target = posix.join(posix.dirname(path), name);
  const from = projectAt(projects, path);
  const to = projectAt(projects, target);
  if (from === to || target === shared) return undefined;
  const face = to?.manifest.name;
  return face === undefined
    ? `imports ${name} from outside its package: a package imports its own files by path`
    : `imports ${name} by its path: import it from "${face}"`;
}

function pastFace({ name }: ModuleName, projects: readonly Project[]): string | undefined {
  const owner = projects.find(({ manifest }) => name.startsWith(`${manifest.name ?? ''}/`));
  if (owner === undefined) return undefined;
  const { name: face = '', exports = {} } = owner.manifest;
  if (Object.hasOwn(exports, `.${name.slice(face.length)}`)) return undefined;
  return `imports ${name}, which is behind the public face: import it from "${face}"`;
}
