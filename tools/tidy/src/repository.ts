/** One file as it stands in the working tree; a picture and its like have no text. */
export interface RepositoryFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** What the rules look at: every file that is not ignored, committed or not. */
export interface Repository {
  readonly files: readonly RepositoryFile[];
  /** The file at exactly this path. */
  file(path: string): RepositoryFile | undefined;
}

/** Makes a repository of paths and texts. */
export function repositoryOf(texts: Readonly<Record<string, string>>): Repository {
  const files = Object.entries(texts).map(([path, text]) => {
    const lines = text.split(/\r?\n/);
    // The end of the last line does not begin another one.
    if (lines.at(-1) === '') lines.pop();
    return { path, text, lines };
  });
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { files, file: (path) => byPath.get(path) };
}

/** The line, from 1, that first holds this text; 1 when none does. */
export function lineHolding(file: RepositoryFile, text: string): number {
  return Math.max(file.lines.findIndex((line) => line.includes(text)) + 1, 1);
}

/** The line, from 1, of a place in the text. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
