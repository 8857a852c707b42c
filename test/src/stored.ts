import { openDatabase, type Database } from '@sluice/database';
import { startServers } from '@sluice/stack';
import type { TempHome } from './temp-home.ts';

/** Opens the program's database as its owner, while the program is not running. */
export async function asOwner<T>(
  home: TempHome,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const servers = await startServers({ stateDir: home.stateDir, env: home.env }, ['postgres']);
  try {
    if (servers.databaseUrl === null) throw new Error('PostgreSQL was asked for and is missing');
    const database = openDatabase({ url: servers.databaseUrl });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  } finally {
    await servers.stop();
  }
}

/** What became of a redemption, and what was drawn for it. */
export interface StoredOutcome {
  readonly id: string;
  readonly status: string;
  readonly refusal: string | null;
  readonly subsidy: bigint;
  readonly drawn: bigint;
  /** Drawn for the coupon alone. */
  readonly drawnForCoupon: bigint;
}

/** What the program stored, read by SQL of our own. */
export interface Stored {
  readonly outcomes: readonly StoredOutcome[];
  /** By seller, what the ledger says that is owed. */
  readonly owed: ReadonlyMap<string, bigint>;
  readonly payouts: readonly {
    readonly id: string;
    readonly state: string;
    readonly minor: bigint;
  }[];
}

/** Reads outcomes, payables and payouts. */
export async function readStored(database: Database): Promise<Stored> {
  const owed = await database.query<{ seller: string; minor: bigint }>(
    `select substr(code, length('payable/') + 1) as seller, balance_minor as minor
     from ledger.account where code like 'payable/%'`,
  );
  return {
    outcomes: await database.query<StoredOutcome>(
      `select outcome.redemption_id as id, outcome.status, outcome.refusal_code as refusal,
         outcome.subsidy_minor as subsidy,
         coalesce(sum(line.amount_minor), 0)::bigint as drawn,
         coalesce(sum(line.amount_minor) filter (where line.kind = 'coupon'), 0)::bigint
           as "drawnForCoupon"
       from pool.outcome left join pool.draw_line line using (redemption_id)
       group by outcome.redemption_id order by outcome.redemption_id`,
    ),
    owed: new Map(owed.map(({ seller, minor }) => [seller, minor])),
    payouts: await database.query<Stored['payouts'][number]>(
      'select id, state, amount_minor as minor from payout.payout order by id',
    ),
  };
}
