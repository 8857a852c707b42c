import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryOf, type Repository } from './repository.ts';

const maxListBytes = 64 * 1024 * 1024;

/** Reads the files below this folder that git knows or would take: nothing ignored. */
export function readRepository(root: string): Repository {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: maxListBytes,
  });
  const paths = [...new Set(listed.split('\0'))].filter((path) => path !== '').sort();
  const texts: Record<string, string> = {};
  for (const path of paths) {
    const text = readText(join(root, path));
    if (text !== undefined) texts[path] = text;
  }
  return repositoryOf(texts);
}

/** Empty for a file that is not text, undefined for one that is deleted but still listed. */
function readText(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('\0') ? '' : text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
