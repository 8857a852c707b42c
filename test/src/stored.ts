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
  /** What of it the platform kept. */
  readonly fee: bigint;
  readonly drawn: bigint;
  /** Drawn for the coupon alone. */
  readonly drawnForCoupon: bigint;
}

/** What the program stored, read by SQL of our own. */
export interface Stored {
  readonly outcomes: readonly StoredOutcome[];
  /** How many redemptions came with what a till decided, and were decided the same. */
  readonly tillDecisions: { readonly came: number; readonly same: number };
  /** By seller, what the ledger says that is owed. */
  readonly owed: ReadonlyMap<string, bigint>;
  /** What the ledger says that the platform earned. */
  readonly income: bigint;
  readonly payouts: readonly {
    readonly id: string;
    readonly state: string;
    readonly minor: bigint;
  }[];
}

/** Reads outcomes, payables, income and payouts. */
export async function readStored(database: Database): Promise<Stored> {
  const owed = await database.query<{ seller: string; minor: bigint }>(
    `select substr(code, length('payable/') + 1) as seller, balance_minor as minor
     from ledger.account where code like 'payable/%'`,
  );
  const income = await database.query<{ minor: bigint }>(
    `select balance_minor as minor from ledger.account where code like 'income/%'`,
  );
  const [tills] = await database.query<Stored['tillDecisions']>(
    `select count(till_decision)::integer as came,
       (count(*) filter (where explanation ->> 'till' = 'same'))::integer as same
     from pool.redemption join pool.outcome on outcome.redemption_id = redemption.id`,
  );
  return {
    tillDecisions: tills ?? { came: 0, same: 0 },
    outcomes: await database.query<StoredOutcome>(
      `select outcome.redemption_id as id, outcome.status, outcome.refusal_code as refusal,
         outcome.subsidy_minor as subsidy, outcome.platform_fee_minor as fee,
         coalesce(sum(line.amount_minor), 0)::bigint as drawn,
         coalesce(sum(line.amount_minor) filter (where line.kind = 'coupon'), 0)::bigint
           as "drawnForCoupon"
       from pool.outcome left join pool.draw_line line using (redemption_id)
       group by outcome.redemption_id order by outcome.redemption_id`,
    ),
    owed: new Map(owed.map(({ seller, minor }) => [seller, minor])),
    income: income.reduce((sum, { minor }) => sum + minor, 0n),
    payouts: await database.query<Stored['payouts'][number]>(
      'select id, state, amount_minor as minor from payout.payout order by id',
    ),
  };
}
