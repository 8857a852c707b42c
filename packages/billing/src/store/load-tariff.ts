import type { Queryable } from '@sluice/database';
import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { z } from 'zod';
import { refuseDate } from '../domain/business-date.ts';
import type { Tariff } from '../domain/tariff.ts';
import { readVersion, versionSql, type VersionRow } from './stored-version.ts';

/** Which tariff is meant: the one in force for a business on a day, as known at a moment. */
export interface TariffQuery {
  readonly businessId: string;
  /** Business date, `YYYY-MM-DD`. */
  readonly on: string;
  /** ISO 8601 instant; what was published later is not seen. Now when left out. */
  readonly knownAt?: string;
}

/**
 * Loads the tariff in force on a day: of the business's versions that were known, the one that
 * began last on or before it; of those that began on one day, the last correction.
 *
 * @returns the tariff, or the refusal `TARIFF_NOT_FOUND`, `DATE_MALFORMED` or `TIME_MALFORMED`.
 * @throws when what is stored is not what was published.
 */
export async function loadTariff(
  queryable: Queryable,
  { businessId, on, knownAt }: TariffQuery,
): Promise<Tariff | Refusal> {
  const found = await loadTariffs(queryable, {
    businessId,
    days: [on],
    ...(knownAt === undefined ? {} : { knownAt }),
  });
  return isRefusal(found) ? found : (found.get(on) ?? refuseMissing(businessId, on, knownAt));
}

/** An instant as ISO 8601 with its offset, so that no session's time zone decides what it means. */
const instant = z.iso.datetime({ offset: true });

/**
 * Loads the tariffs in force on many days, as {@link loadTariff} does for one; days that share a
 * version share one tariff. One round trip, and more only for tariffs of more than 20,000 cells.
 *
 * @returns by day the tariff or `TARIFF_NOT_FOUND`; or `DATE_MALFORMED`, `TIME_MALFORMED`.
 */
export async function loadTariffs(
  queryable: Queryable,
  query: {
    readonly businessId: string;
    readonly days: readonly string[];
    readonly knownAt?: string;
  },
): Promise<ReadonlyMap<string, Tariff | Refusal> | Refusal> {
  const { businessId, days, knownAt } = query;
  for (const day of days) {
    const wrong = refuseDate(day);
    if (wrong !== undefined) return wrong;
  }
  if (knownAt !== undefined && !instant.safeParse(knownAt).success) {
    const problem = `"${knownAt}" is no instant: write it like 2017-07-01T12:00:00Z`;
    return refuse('TIME_MALFORMED', problem, { knownAt });
  }
  const rows = await queryable.query<VersionRow & { readonly days: readonly string[] }>(
    `with meant as (
       select version.tariff_id, array_agg(day."on"::text) as days
       from unnest($2::date[]) as day ("on")
       cross join lateral (
         select tariff_id
         from billing.tariff
         where business_id = $1 and effective_from <= day."on"
           and ($3::timestamptz is null or published_at <= $3)
         order by effective_from desc, published_at desc, version desc
         limit 1
       ) as version
       group by version.tariff_id
     )
     select meant.days, version.*
     from meant join (${versionSql}) as version using (tariff_id)`,
    [businessId, [...new Set(days)], knownAt ?? null],
  );
  const found = new Map<string, Tariff | Refusal>(
    days.map((day) => [day, refuseMissing(businessId, day, knownAt)]),
  );
  for (const row of rows) {
    const tariff = await readVersion(queryable, row);
    for (const day of row.days) found.set(day, tariff);
  }
  return found;
}

function refuseMissing(businessId: string, on: string, knownAt: string | undefined): Refusal {
  const known = knownAt === undefined ? '' : `, as known at ${knownAt}`;
  return refuse(
    'TARIFF_NOT_FOUND',
    `no tariff of ${businessId} is in force on ${on}${known}: publish one that begins by then`,
    { businessId, on, ...(knownAt === undefined ? {} : { knownAt }) },
  );
}
