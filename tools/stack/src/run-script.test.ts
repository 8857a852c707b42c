import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempDir } from './testing/temp-dir.ts';

const tools = fileURLToPath(new URL('../..', import.meta.url));

/** Stands in for npm: notes the call, then "installs" as npm does, or fails. */
const fakeNpm = `
const fs = require('node:fs');
fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
if (fs.existsSync('npm-fails')) {
  console.error('npm error E404 no such package');
  process.exit(1);
}
setTimeout(() => {
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules');
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
}, 300);
`;
const lockFile = (version: string): string =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version, integrity: `sha-${version}` } },
  });

/** A repository that holds nothing but the door, and a stack that tells its arguments. */
function repository() {
  const root = tempDir();
  for (const name of ['run.mjs', 'run'])
    cpSync(join(tools, name), join(root, 'tools', name), { recursive: true });
  mkdirSync(join(root, 'tools/stack/src'), { recursive: true });
  const file = (name: string, text: string): void => writeFileSync(join(root, name), text);
  file(
    'tools/stack/src/main.ts',
    'const args: string[] = process.argv.slice(2);\n' +
      'console.log(JSON.stringify(args));\n' +
      'process.exitCode = 7;\n',
  );
  file('package.json', '{ "type": "module" }');
  file('package-lock.json', lockFile('1'));
  file('npm-cli.cjs', fakeNpm);
  const run = async (args: readonly string[], nodeArgs: readonly string[] = []) => {
    const child = spawn(process.execPath, [...nodeArgs, 'tools/run.mjs', ...args], {
      cwd: root,
      env: { ...process.env, npm_execpath: join(root, 'npm-cli.cjs') },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  };
  const calls = (): number =>
    readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n').length;
  return { root, file, run, calls };
}

describe('tools/run.mjs', () => {
  it('installs what is missing, once, then passes arguments and exit code', async () => {
    const { run, calls } = repository();
    const first = await run(['stack', '--state', 'x y']);
    expect(first.code).toBe(7);
    expect(first.output).toMatch(/Installed dependencies in \d+ s/);
    expect(first.output).toContain('["--state","x y"]');
    expect(await run(['stack'])).toEqual({ code: 7, output: '[]\n' });
    expect(calls()).toBe(1);
  });

  it('installs again when the lock file asks for something else', async () => {
    const { file, run, calls } = repository();
    await run(['stack']);
    file('package-lock.json', lockFile('2'));
    await run(['stack']);
    expect(calls()).toBe(2);
  });

  it("trusts npm's own record when somebody ran npm install by hand", async () => {
    const { root, file, run } = repository();
    mkdirSync(join(root, 'node_modules'));
    file('node_modules/.package-lock.json', lockFile('1'));
    expect((await run(['stack'])).code).toBe(7);
    expect(existsSync(join(root, 'npm-calls'))).toBe(false);
  });

  it('lets one of two at once install, and both run', async () => {
    const { run, calls } = repository();
    const both = await Promise.all([run(['stack']), run(['stack'])]);
    expect(both.map(({ code }) => code)).toEqual([7, 7]);
    expect(calls()).toBe(1);
  });

  it("shows npm's words and what to do when the install fails, and tries again later", async () => {
    const { root, file, run } = repository();
    file('npm-fails', '');
    const failed = await run(['stack']);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('npm error E404 no such package');
    expect(failed.output).toContain('Check the network and the registry');
    rmSync(join(root, 'npm-fails'));
    expect((await run(['stack'])).code).toBe(7);
  });

  it('is not held up by an install that was killed', async () => {
    const { root, file, run } = repository();
    mkdirSync(join(root, '.sluice/installing'), { recursive: true });
    file('.sluice/installing/pid', '999999999');
    expect((await run(['stack'])).code).toBe(7);
  });

  it('refuses a Node that is too old, in a sentence', async () => {
    const old =
      "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.4'})";
    const { code, output } = await repository().run(['stack'], ['--import', old]);
    expect(code).toBe(1);
    expect(output).toContain('Sluice needs Node 20 or newer');
  });

  it('names its commands when it is asked for another', async () => {
    const { code, output } = await repository().run(['nonsense']);
    expect(code).toBe(2);
    expect(output).toContain('start | sluice | stack | test | bench | format');
  });
});
