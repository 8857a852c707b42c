import { findViolations, maxViolations, type Invariant, type Queryable } from '@sluice/database';
import { tariffFaults } from '../domain/prove-tariff.ts';
import { isAsPublished, joinVersion, versionSql, type VersionRow } from './stored-version.ts';

/** Each check is one statement that gives one row per violation, as a sentence. */
const periodChecks = [
  `select format('%s versions of %s begin on %s without correcting another', count(*),
     business_id, effective_from) as text
   from billing.tariff
   where corrects is null
   group by business_id, effective_from
   having count(*) > 1
   order by business_id, effective_from limit ${maxViolations}`,
  `select format('tariff %s is corrected by %s versions', corrects, count(*)) as text
   from billing.tariff
   where corrects is not null
   group by corrects
   having count(*) > 1
   order by corrects limit ${maxViolations}`,
  `select format('tariff %s corrects %s, which is no version of %s from %s', later.tariff_id,
     later.corrects, later.business_id, later.effective_from) as text
   from billing.tariff as later
   left join billing.tariff as earlier on earlier.tariff_id = later.corrects
     and earlier.business_id = later.business_id
     and earlier.effective_from = later.effective_from
   where later.corrects is not null and earlier.tariff_id is null
   order by later.tariff_id limit ${maxViolations}`,
  `select format('tariff %s was known before %s, which it corrects', later.tariff_id,
     later.corrects) as text
   from billing.tariff as later
   join billing.tariff as earlier on earlier.tariff_id = later.corrects
   where later.published_at < earlier.published_at
   order by later.tariff_id limit ${maxViolations}`,
  `select format('%s versions of %s have the number %s', count(*), business_id, version) as text
   from billing.tariff
   group by business_id, version
   having count(*) > 1
   order by business_id, version limit ${maxViolations}`,
];

const strangers = (table: string, what: string): string => `
  select format('there are ${what} of %s, which is no tariff', tariff_id) as text
  from billing.${table}
  where not exists (select from billing.tariff where tariff.tariff_id = ${table}.tariff_id)
  group by tariff_id
  order by tariff_id limit ${maxViolations}`;

const strangerChecks = [
  strangers('interval_definition', 'definitions'),
  strangers('interval_order', 'orders'),
  strangers('interval_rate', 'rates'),
];

const draftChecks = [
  `select format('tariff %s was published by %s, its last draft was not approved as it is',
     tariff.tariff_id, tariff.published_by) as text
   from billing.tariff
   where published_by is not null and not exists (
     select from (
       select revision, content_hash from billing.tariff_draft as draft
       where draft.tariff_id = tariff.tariff_id
       order by revision desc limit 1
     ) as last
     join billing.tariff_review as review
       on review.tariff_id = tariff.tariff_id and review.revision = last.revision
     where last.content_hash = tariff.content_hash and review.verdict = 'approved'
       and review.reviewed_by <> review.drafted_by
   )
   order by tariff.tariff_id limit ${maxViolations}`,
];

/**
 * Checks everything that is stored of tariffs, for I5: each version is what was published, proves
 * complete and compiles; of a business exactly one version is in force on a day, as known at a
 * moment; what was published from a draft is the revision that a second person approved. One
 * version is held in memory at a time.
 */
export async function checkBilling(queryable: Queryable): Promise<readonly Invariant[]> {
  const versions = await checkVersions(queryable);
  return [
    {
      id: 'I5',
      title: 'each tariff version is what was published, complete and without overlap',
      checked: versions.checked,
      violations: [
        ...versions.violations,
        ...(await findViolations(queryable, strangerChecks)),
      ].slice(0, maxViolations),
    },
    {
      id: 'I5',
      title: 'one tariff version is in force on a day, as known at a moment',
      checked: versions.checked,
      violations: await findViolations(queryable, periodChecks),
    },
    {
      id: 'I5',
      title: 'a tariff published from a draft is what a second person approved',
      checked: versions.reviewed,
      violations: await findViolations(queryable, draftChecks),
    },
  ];
}

interface Versions {
  checked: number;
  /** Of them, those that came from a draft. */
  reviewed: number;
  readonly violations: string[];
}

/** Walks over all versions, one at a time. */
async function checkVersions(queryable: Queryable): Promise<Versions> {
  const found: Versions = { checked: 0, reviewed: 0, violations: [] };
  let last = '';
  for (;;) {
    const [row] = await queryable.query<VersionRow & { readonly reviewed: boolean }>(
      `select version.*, next.reviewed
       from (
         select tariff_id, published_by is not null as reviewed
         from billing.tariff where tariff_id > $1
         order by tariff_id limit 1
       ) as next
       join (${versionSql}) as version using (tariff_id)`,
      [last],
    );
    if (row === undefined) return found;
    found.checked += 1;
    if (row.reviewed) found.reviewed += 1;
    if (found.violations.length < maxViolations) {
      found.violations.push(...(await versionFaults(queryable, row)));
    }
    last = row.tariff_id;
  }
}

async function versionFaults(queryable: Queryable, row: VersionRow): Promise<readonly string[]> {
  const outages: unknown[] = [];
  const watched: Queryable = {
    query: (sql, values) =>
      queryable.query<never>(sql, values).catch((error: unknown) => {
        outages.push(error);
        throw error;
      }),
  };
  try {
    const tariff = await joinVersion(watched, row);
    const faults = tariffFaults(tariff).map((fault) => `tariff ${row.tariff_id}: ${fault}`);
    const changed = `tariff ${row.tariff_id} is not stored as it was published`;
    return isAsPublished(tariff, row) ? faults : [changed, ...faults];
  } catch (error) {
    // What is stored can be broken in any way; that it could not be read is no violation.
    if (outages.length > 0) throw error;
    return [`tariff ${row.tariff_id} cannot be put together: ${String(error)}`];
  }
}
