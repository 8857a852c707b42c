import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { installIfStale } from './install.mjs';
import { findNode } from './node.mjs';
import { root } from './root.mjs';

/** What each command runs, under Node 24, from the root of the repository. */
const commands = {
  start: ['apps/cli/src/main.ts', 'start'],
  sluice: ['apps/cli/src/main.ts'],
  stack: ['tools/stack/src/main.ts'],
  test: ['tools/stack/src/test-run.ts'],
  bench: ['tools/bench/src/main.ts'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'],
};
/** What Node has read and stripped of types once, it need not read again: halves each start. */
const compileCache = join(root, 'node_modules', '.cache', 'node');
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const onceWithinMs = 1_000;
const parentCheckMs = 500;

function usage() {
  const names = Object.keys(commands).join(' | ');
  process.stderr.write(`Usage: node tools/run.mjs ${names} [arguments]\n`);
  return 2;
}

/** Ctrl-C comes from the terminal, and from npm as well: pass one of them on. */
function forwardSignals(child) {
  const lastMs = new Map();
  for (const signal of forwarded) {
    process.on(signal, () => {
      const nowMs = performance.now();
      if (nowMs - (lastMs.get(signal) ?? -Infinity) > onceWithinMs) child.kill(signal);
      lastMs.set(signal, nowMs);
    });
  }
}

/**
 * A signal sent to npm ends npm and its shell, and the shell tells nobody. So the shell's end is
 * taken for the signal.
 */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, parentCheckMs);
  watch.unref();
}

/** Ends this process the way the child ended: by its exit code, or by its signal. */
function endOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal === null) return resolve(code);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  });
}

function run(node, args) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  // Type stripping is stable, yet the first releases of Node 24 still warn about it.
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, PATH: path },
  });
  forwardSignals(child);
  endWithNpm(child);
  return endOf(child);
}

/** Runs one command; gives the exit code. */
export async function main([name, ...args]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : null;
  if (command === null) return usage();
  if (!(await installIfStale())) return 1;
  const node = findNode();
  return node === null ? 1 : run(node, [...command, ...args]);
}
