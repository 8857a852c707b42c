import { lineAt, type RepositoryFile } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

interface Trace {
  readonly pattern: RegExp;
  readonly message: string;
  readonly where?: RegExp;
}

const path = 'names a folder of one machine: write the way from the repository';
const host = 'names a registry: which one serves a package is up to whoever installs';
const hosts = [
  String.raw`registry\.(?:npmjs\.org|npmmirror\.com|yarnpkg\.com)`,
  String.raw`npm\.pkg\.github\.com`,
  String.raw`pypi\.org|files\.pythonhosted\.org`,
  String.raw`[\w.-]*(?:artifactory|jfrog)[\w-]*\.[\w.-]+`,
];
const traces: readonly Trace[] = [
  { pattern: /(?<![\w.~-])\/(?:work|root|home\/\w+|Users\/\w+)\//g, message: path },
  { pattern: /\b[A-Z]:\\+Users\\/g, message: path },
  { pattern: /(?<![\w.~-])\/tmp\//g, message: path, where: /\.md$/ },
  { pattern: new RegExp(String.raw`\b(?:${hosts.join('|')})`, 'g'), message: host },
  { pattern: /"resolved":\s*"[^"]*:\/\//g, message: host, where: /package-lock\.json$/ },
];

/** The repository is the same wherever it is cloned to and installed from. */
export const localTraces: Rule = {
  title: 'no file names a folder of one machine or the host of a registry',
  check: ({ files }) => files.flatMap(tracesIn),
};

function tracesIn(file: RepositoryFile): readonly Violation[] {
  return traces
    .filter(({ where }) => where?.test(file.path) ?? true)
    .flatMap(({ pattern, message }) =>
      [...file.text.matchAll(pattern)].map((match) => ({
        path: file.path,
        line: lineAt(file.text, match.index),
        message: `${message} ("${match[0].trim()}")`,
      })),
    );
}
