import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './root.mjs';

const modules = join(root, 'node_modules');
const stampFile = join(modules, '.sluice-install');
const stateDir = join(root, '.sluice');
const lockDir = join(stateDir, 'installing');

const at = (...names) => join(root, ...names);

/** Changes whenever other dependencies are asked for. */
function wantedStamp() {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'package.json']) hash.update(readFileSync(at(name)));
  return hash.digest('hex');
}

/** The packages that a lock file names, without the root and the workspaces themselves. */
function packagesIn(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
}

/**
 * Whether npm's own record of what it installed agrees with the lock file. It does after somebody
 * ran `npm install`, which knows nothing of our stamp, and then there is nothing to do.
 */
function npmAgrees() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = new Map(packagesIn(record));
  return packagesIn(at('package-lock.json')).every(([path, wanted]) => {
    const found = installed.get(path);
    if (found === undefined) return wanted.optional === true || wanted.peer === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function isFresh(stamp) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return true;
  if (!npmAgrees()) return false;
  writeFileSync(stampFile, stamp);
  return true;
}

/** The npm that called us, else the one on the PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script);
  if (isNpm) return { command: process.execPath, prefix: [script] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', prefix: [] };
}

function runNpm() {
  const { command, prefix } = npmCommand();
  return new Promise((resolve) => {
    const child = spawn(command, [...prefix, 'ci', '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command.endsWith('.cmd'),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += chunk));
    }
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function install() {
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 1_000);
  const live = process.stderr.isTTY;
  process.stderr.write(`Installing dependencies (npm ci)${live ? '' : ' ...\n'}`);
  const ticker = setInterval(() => {
    if (live) process.stderr.write(`\rInstalling dependencies (npm ci) ${seconds()} s`);
  }, 1_000);
  const { ok, output } = await runNpm();
  clearInterval(ticker);
  if (ok) {
    process.stderr.write(`${live ? '\r' : ''}Installed dependencies in ${seconds()} s.   \n`);
    return true;
  }
  process.stderr.write(
    `\n${output.trim()}\n\nThe dependencies could not be installed. npm says above why. ` +
      'Check the network and the registry (`npm config get registry`), ' +
      'then run the command again.\n',
  );
  return false;
}

function isAbandoned() {
  try {
    const pid = Number(readFileSync(join(lockDir, 'pid'), 'utf8'));
    process.kill(pid, 0);
    return false;
  } catch (error) {
    if (error.code === 'EPERM') return false; // Alive, and somebody else's.
    if (error.code === 'ESRCH') return true;
    // No pid in it: it was made this moment, or its maker was killed at that moment.
    const madeMs = statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - madeMs > 5_000;
  }
}

/** Only one npm at a time may write node_modules. */
async function takeLock() {
  let told = false;
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      mkdirSync(lockDir);
      writeFileSync(join(lockDir, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) {
      rmSync(lockDir, { recursive: true, force: true });
      continue;
    }
    if (!told) process.stderr.write('Another process is installing the dependencies; waiting.\n');
    told = true;
    await delay(250);
  }
}

/** Installs when node_modules is missing or does not match the lock file. False: it failed. */
export async function installIfStale() {
  const stamp = wantedStamp();
  if (isFresh(stamp)) return true;
  await takeLock();
  try {
    if (isFresh(stamp)) return true;
    const ok = await install();
    if (ok) writeFileSync(stampFile, stamp);
    return ok;
  } finally {
    rmSync(lockDir, { recursive: true, force: true });
  }
}
