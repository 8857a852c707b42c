import { posix } from 'node:path';
import { anchorsOf, blocksOf, markdownOf, withoutCodeSpans } from '../markdown.ts';
import type { Repository, RepositoryFile } from '../repository.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

const link = /\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s+<?([^\s>]+)|\b(?:src|href)="([^"]+)"/g;

/** A page that sends its reader nowhere is wrong about the rest, too. */
export const links: Rule = {
  title: 'every relative link in markdown leads to a file and a heading that are there',
  check: (repository) =>
    markdownOf(repository).flatMap((file) => deadLinks(repository, file, foldersOf(repository))),
};

function foldersOf({ files }: Repository): ReadonlySet<string> {
  const folders = new Set(['.']);
  for (const { path } of files) {
    for (let dir = posix.dirname(path); !folders.has(dir); dir = posix.dirname(dir)) {
      folders.add(dir);
    }
  }
  return folders;
}

function deadLinks(
  repository: Repository,
  file: RepositoryFile,
  folders: ReadonlySet<string>,
): readonly Violation[] {
  return targetsOf(file).flatMap(({ target, line }) => {
    const fault = faultOf(repository, file, folders, target);
    return fault === undefined ? [] : [{ path: file.path, line, message: fault }];
  });
}

function targetsOf(file: RepositoryFile): readonly { target: string; line: number }[] {
  return blocksOf(file)
    .filter(({ kind }) => kind !== 'fence')
    .flatMap(({ lines, line }) =>
      lines.flatMap((text, index) =>
        [...withoutCodeSpans(text).matchAll(link)].map((match) => ({
          target: match[1] ?? match[2] ?? match[3] ?? '',
          line: line + index,
        })),
      ),
    )
    .filter(({ target }) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target));
}

function faultOf(
  repository: Repository,
  file: RepositoryFile,
  folders: ReadonlySet<string>,
  target: string,
): string | undefined {
  const [address = '', anchor] = target.split('#', 2);
  if (address.startsWith('/')) return `links to ${target}: write the way from this file`;
  const path = posix.join(posix.dirname(file.path), decodeURI(address)).replace(/\/$/, '');
  const found = address === '' ? file : repository.file(path);
  if (found === undefined && !folders.has(path)) {
    return `links to ${target}, and there is no ${path}: correct it`;
  }
  if (anchor === undefined || anchor === '') return undefined;
  if (found === undefined || !found.path.endsWith('.md')) {
    return `links to ${target}: only markdown has headings to link to`;
  }
  return anchorsOf(found).has(anchor)
    ? undefined
    : `links to ${target}, and ${found.path} has no such heading: correct it`;
}
