import { existsSync, readFileSync } from 'node:fs';
import type { Database } from '@sluice/database';
import { walBytes } from '../servers/bench-database.ts';

/** What some work cost. */
export interface Costs {
  readonly walBytes: number;
  /** CPU of the server's processes for this database; null where the system does not tell it. */
  readonly serverCpuMs: number | null;
}

/** Starts counting; what it gives ends it. The server must do nothing else meanwhile. */
export async function countCosts(owner: Database): Promise<() => Promise<Costs>> {
  const [wal, before] = [await walBytes(owner), await cpuOfBackends(owner)];
  return async () => {
    const after = await cpuOfBackends(owner);
    return {
      walBytes: (await walBytes(owner)) - wal,
      serverCpuMs: before === null || after === null ? null : growth(before, after),
    };
  };
}

/** Of the processes that are there; one that has ended meanwhile had been idle. */
function growth(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [pid, ms] of after) sum += ms - (before.get(pid) ?? 0);
  return sum;
}

/** Node's own CPU so far. */
export function nodeCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Linux counts a process's time in hundredths of a second. */
const msPerTick = 10;

async function cpuOfBackends(owner: Database): Promise<ReadonlyMap<number, number> | null> {
  if (!existsSync('/proc/self/stat')) return null;
  const backends = await owner.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  );
  return new Map(backends.map(({ pid }) => [pid, msPerTick * ticksOf(pid)]));
}

/** User and system time: the 14th and 15th field, counted behind the name in brackets. */
function ticksOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13);
  return Number(user) + Number(system);
}

/** What one transaction sends. */
export interface Traffic {
  readonly statements: number;
  /** How often it stood still until the server had answered all that was sent. */
  readonly waits: number;
}

/** The same database, counting statements, and how often nothing is under way any more. */
export function countTraffic(database: Database): {
  readonly database: Database;
  readonly traffic: () => Traffic;
} {
  let [statements, waits, underWay] = [0, 0, 0];
  const counted = async <T>(send: () => Promise<T>): Promise<T> => {
    statements += 1;
    underWay += 1;
    try {
      return await send();
    } finally {
      underWay -= 1;
      if (underWay === 0) waits += 1;
    }
  };
  return {
    traffic: () => ({ statements, waits }),
    database: {
      ...database,
      query: (sql, values) => counted(() => database.query(sql, values)),
      async connect() {
        const client = await database.connect();
        return new Proxy(client, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name, target);
            if (typeof value !== 'function') return value;
            const call = value.bind(target) as (...values: readonly unknown[]) => Promise<unknown>;
            return name === 'query'
              ? (...values: readonly unknown[]) => counted(() => call(...values))
              : call;
          },
        });
      },
    },
  };
}

/** The value that this share of all is not above; `values` may come in any order. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('there is no value');
  return found;
}
