import { projectsOf } from '../projects.ts';
import { lineHolding } from '../repository.ts';
import type { Rule } from '../rule.ts';

const scripts = { lint: 'eslint .', typecheck: 'tsc -p .', test: 'vitest run' };

/** `npm test` runs a target where it finds it: without a script a project would pass unseen. */
export const projectScripts: Rule = {
  title: 'every project is linted, type-checked and tested by the same three scripts',
  check: (repository) =>
    projectsOf(repository).flatMap(({ file, manifest }) =>
      Object.entries(scripts)
        .filter(([name, script]) => manifest.scripts?.[name] !== script)
        .map(([name, script]) => ({
          path: file.path,
          line: lineHolding(file, '"scripts"'),
          message: `does not have "${name}": "${script}" among its scripts: write it so`,
        })),
    ),
};
