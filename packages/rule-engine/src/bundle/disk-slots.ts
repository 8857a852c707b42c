import { digestOf } from '../language/content-digest.ts';
import { terminalKey, type Terminal } from '../management/terminal.ts';
import type { SlotStore } from './bundle-shelf.ts';

interface OpenFile {
  writeFile(text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The part of `node:fs/promises` that is used; that module fits. */
export interface Files {
  mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
  readFile(path: string, encoding: 'utf8'): Promise<string>;
  open(path: string, flags: 'r' | 'w'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
}

/** Where on disk, and for whom. */
export interface DiskSlotsParts {
  readonly files: Files;
  readonly folder: string;
  readonly terminal: Terminal;
}

/** Slots on disk, two files a terminal: written aside, flushed, and renamed into place. */
export function diskSlots({ files, folder, terminal }: DiskSlotsParts): SlotStore {
  const stem = `${folder}/rules-${digestOf(terminalKey(terminal)).slice(0, 32)}`;
  return {
    async read(slot) {
      try {
        return await files.readFile(`${stem}-${slot}.json`, 'utf8');
      } catch (thrown) {
        if (isMissing(thrown)) return null;
        throw thrown;
      }
    },
    async write(slot, text) {
      await files.mkdir(folder, { recursive: true });
      const path = `${stem}-${slot}.json`;
      const file = await files.open(`${path}.new`, 'w');
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await files.rename(`${path}.new`, path);
      await flushFolder(files, folder);
    },
  };
}

/** Without it a power cut may forget the renaming. */
async function flushFolder(files: Files, folder: string): Promise<void> {
  const directory = await files.open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
