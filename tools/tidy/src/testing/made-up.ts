import { repositoryOf } from '../repository.ts';
import type { Rule } from '../rule.ts';
import { describeViolation } from '../violation.ts';

/** Texts by path, as a repository is made of them. */
export type Texts = Readonly<Record<string, string>>;

/** What a rule says of these files, one text per violation. */
export function found(rule: Rule, texts: Texts): readonly string[] {
  return rule.check(repositoryOf(texts)).map(describeViolation);
}

/** A workspace of projects that break no rule, each with what its manifest has instead. */
export function workspace(
  projects: Readonly<Record<string, object>>,
  texts: Texts = {},
  root: object = {},
): Texts {
  const workspaces = ['packages/*', 'apps/*', 'tools/*', 'test'];
  const own = Object.entries(projects).flatMap(([dir, changes]) => [
    [`${dir}/package.json`, json({ ...manifestOf(dir), ...changes })],
    [`${dir}/README.md`, '# A project\n'],
    [`${dir}/src/index.ts`, 'export {};\n'],
  ]);
  const all = { 'package.json': json({ workspaces, ...root }), ...Object.fromEntries(own) };
  return { ...(all as Texts), ...texts };
}

function manifestOf(dir: string): object {
  const name = dir.split('/').at(-1) ?? '';
  const type = { apps: 'app', tools: 'tool', test: 'tool' }[dir.split('/')[0] ?? ''] ?? 'store';
  return {
    name: `@sluice/${name}`,
    version: '0.1.0',
    exports: { '.': './src/index.ts' },
    scripts: { lint: 'eslint .', typecheck: 'tsc -p .', test: 'vitest run' },
    nx: { tags: [`scope:${name}`, `type:${type}`] },
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
