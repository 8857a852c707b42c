import type { Rule } from './rule.ts';
import { consoleUse } from './rules/console-use.ts';
import { declaredDependencies } from './rules/declared-dependencies.ts';
import { dependencyVersions } from './rules/dependency-versions.ts';
import { environment } from './rules/environment.ts';
import { figures } from './rules/figures.ts';
import { fileLength } from './rules/file-length.ts';
import { functionLength } from './rules/function-length.ts';
import { lineWidth } from './rules/line-width.ts';
import { links } from './rules/links.ts';
import { localTraces } from './rules/local-traces.ts';
import { markdownTitles } from './rules/markdown-titles.ts';
import { migrations } from './rules/migrations.ts';
import { namedExports } from './rules/named-exports.ts';
import { packageBoundaries } from './rules/package-boundaries.ts';
import { projectScripts } from './rules/project-scripts.ts';
import { projectTags } from './rules/project-tags.ts';
import { publicFace } from './rules/public-face.ts';
import { pureCode } from './rules/pure-code.ts';
import { sqlInStores } from './rules/sql-in-stores.ts';
import { testCases } from './rules/test-cases.ts';
import { unfinished } from './rules/unfinished.ts';

/** Every rule of the house that a linter cannot see. */
export const rules: readonly Rule[] = [
  projectTags,
  projectScripts,
  publicFace,
  packageBoundaries,
  namedExports,
  declaredDependencies,
  dependencyVersions,
  fileLength,
  functionLength,
  lineWidth,
  pureCode,
  environment,
  consoleUse,
  sqlInStores,
  migrations,
  testCases,
  unfinished,
  markdownTitles,
  links,
  figures,
  localTraces,
];
