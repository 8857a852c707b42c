import { codeOf, isConfigFile, isTestCode, literalText, modulesOf, type Code } from '../code.ts';
import { projectAt, projectsOf, rootProject, typeOf, type Project } from '../projects.ts';
import { lineHolding, type Repository } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

/** What a package uses it declares, and what it declares it uses, so that it can stand alone. */
export const declaredDependencies: Rule = {
  title: 'a package declares the dependencies that it imports, and no other',
  check(repository) {
    const projects = projectsOf(repository);
    const codes = codeOf(repository);
    return [
      ...codes.flatMap((code) => undeclared(repository, projects, code)),
      ...projects.flatMap((project) => unused(project, codes)),
    ];
  },
};

/** `pg` of `pg/lib/x`, `@a/b` of `@a/b/c`; undefined for files and Node's own modules. */
function packageOf(module: string): string | undefined {
  if (/^(\.|\/|node:|#|file:)/.test(module)) return undefined;
  return module.split('/', module.startsWith('@') ? 2 : 1).join('/');
}

function undeclared(
  repository: Repository,
  projects: readonly Project[],
  code: Code,
): readonly Violation[] {
  const root = rootProject(repository);
  const project = projectAt(projects, code.file.path) ?? root;
  if (root === undefined || project === undefined) return [];
  const declared = new Set(Object.keys(project.manifest.dependencies ?? {}));
  if (mayUseDevelopment(project, code.file.path)) {
    for (const name of Object.keys(root.manifest.devDependencies ?? {})) declared.add(name);
  }
  return modulesOf(code).flatMap(({ name, line }) => {
    const wanted = packageOf(name);
    if (wanted === undefined || declared.has(wanted)) return [];
    const message = `imports ${wanted}: declare it in ${project.file.path}`;
    return [{ path: code.file.path, line, message }];
  });
}

/** What does not run in production may use the root's devDependencies. */
function mayUseDevelopment(project: Project, path: string): boolean {
  const atRoot = project.dir === '';
  const isBuildScript = path.endsWith('/build.ts');
  const isDevelopment = isTestCode(path) || isConfigFile(path) || isBuildScript;
  return atRoot || isDevelopment || typeOf(project) === 'tool';
}

/** A name in a string counts as use: loggers and bundlers load modules by their names. */
function unused({ dir, file, manifest }: Project, codes: readonly Code[]): readonly Violation[] {
  const named = new Set(
    codes
      .filter((code) => code.file.path.startsWith(`${dir}/`))
      .flatMap(({ nodes }) => nodes.map((node) => packageOf(literalText(node) ?? ''))),
  );
  return Object.keys(manifest.dependencies ?? {})
    .filter((name) => !named.has(name))
    .map((name) => ({
      path: file.path,
      line: lineHolding(file, `"${name}":`),
      message: `declares ${name}, which nothing here imports: take it out`,
    }));
}
