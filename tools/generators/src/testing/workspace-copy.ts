import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** How a program ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** The repository as it stands in the working tree, in a folder that may be changed. */
export interface WorkspaceCopy {
  readonly dir: string;
  /** Runs a program of node_modules/.bin in this folder of the copy, under this Node. */
  run(folder: string, program: string, ...args: readonly string[]): Promise<Ended>;
  remove(): void;
}

/** Copies what git knows or would take, and links what is installed. */
export function copyWorkspace(): WorkspaceCopy {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-generator-')));
  for (const path of listFiles()) {
    // Listed, yet deleted in the working tree.
    if (existsSync(join(root, path))) cpSync(join(root, path), join(dir, path));
  }
  linkModules(join(root, 'node_modules'), join(dir, 'node_modules'));
  execFileSync('git', ['init', '--quiet'], { cwd: dir });
  return {
    dir,
    run: (folder, program, ...args) => run(dir, folder, program, args),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function listFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\0').filter((path) => path !== '');
}

/** Links each installed package; ours are links already, whose way leads into the copy. */
function linkModules(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const source = join(from, name);
    if (name === '@sluice') linkModules(source, join(to, name));
    else {
      const isLink = lstatSync(source).isSymbolicLink();
      symlinkSync(isLink ? readlinkSync(source) : source, join(to, name));
    }
  }
}

/** Nothing of the run that we are part of: neither its Nx nor its Vitest. */
function cleanEnvironment(dir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NX_|VITEST|npm_|NODE_ENV$|NODE_OPTIONS$|TEST$|FORCE_COLOR$)/.test(name),
  );
  const path = [dirname(process.execPath), join(dir, 'node_modules', '.bin'), process.env['PATH']];
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(delimiter),
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    CI: 'true',
    NO_COLOR: '1',
  };
}

function run(
  dir: string,
  folder: string,
  program: string,
  args: readonly string[],
): Promise<Ended> {
  const script = realpathSync(join(dir, 'node_modules', '.bin', program));
  const child = spawn(process.execPath, [script, ...args], {
    cwd: join(dir, folder),
    env: cleanEnvironment(dir),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}
