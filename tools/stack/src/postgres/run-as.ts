import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { StackError } from '../stack-error.ts';

/** How this user may run PostgreSQL, which refuses to run as root. */
export interface RunAs {
  /** What goes before the program: empty for an ordinary user. */
  readonly prefix: readonly string[];
  /** Set when files must belong to another user. */
  readonly uid?: number;
  readonly gid?: number;
}

/** The account that lends its number; both exist on nearly every Unix. */
const standIns = ['postgres', 'nobody'] as const;

/** By its path, so that the server's own PATH does not matter. */
const unshare = ['/usr/bin/unshare', '/bin/unshare'].find((path) => existsSync(path)) ?? 'unshare';

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

function idOf(option: '-u' | '-g', name: string): number | null {
  const { status, stdout } = spawnSync('id', [option, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : null;
}

function findAccount(name: string): Account | null {
  const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
  return uid === null || gid === null ? null : { name, uid, gid };
}

/**
 * In a user namespace of its own the program sees another user id, while every file it makes still
 * belongs to root: so data and programs may stay in folders that only root may enter. `unshare`
 * replaces itself by the program, so the pid is the program's own.
 */
function byUserNamespace(account: Account): RunAs | null {
  const prefix = [
    unshare,
    '--user',
    `--map-user=${account.uid}`,
    `--map-group=${account.gid}`,
    '--',
  ];
  const [command = '', ...args] = [...prefix, 'true'];
  return spawnSync(command, args).status === 0 ? { prefix } : null;
}

/** As another user for real: good where that user can reach the programs and the data. */
function byOtherUser(account: Account, program: string, folder: string): RunAs | null {
  const { uid, gid } = account;
  chmodSync(folder, 0o711); // To pass through, not to list: each secret inside has mode 0600.
  const succeeds = (command: string, ...args: readonly string[]): boolean =>
    spawnSync(command, args, { uid, gid }).status === 0;
  const reached = succeeds(program, '--version') && succeeds('test', '-x', folder);
  return reached ? { prefix: [], uid, gid } : null;
}

/**
 * Finds a way to run `program`, with its data below `folder`, as somebody who is not root.
 * Throws `StackError` POSTGRES_REFUSES_ROOT when there is none.
 *
 * @param ways the ways that root may try, the better first.
 */
export function runAs(
  program: string,
  folder: string,
  ways: readonly ('namespace' | 'user')[] = ['namespace', 'user'],
): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const accounts = standIns.map(findAccount).filter((account) => account !== null);
  for (const way of ways) {
    for (const account of accounts) {
      const found =
        way === 'namespace' ? byUserNamespace(account) : byOtherUser(account, program, folder);
      if (found !== null) return found;
    }
  }
  throw new StackError(
    'POSTGRES_REFUSES_ROOT',
    'PostgreSQL does not run as root, and here it cannot run as another user either: user ' +
      `namespaces are not permitted, and neither ${standIns.join(' nor ')} can reach both ` +
      `${program} and ${folder}.`,
    'Run as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or newer.',
  );
}
